"""What stands behind the settings of the county, and what is sent to them: address → (sent, gaps), for doors.py."""

from typing import Any

from tests.cast import NOON
from weimin.county.models import ApiToken, Leave

_SUN = lambda here: {"official": here.cast.officials["sun"].pk}  # noqa: E731
_OFFICE = {"name_zh": "县园林所", "name_en": "Parks Office", "place": "990101"}
_POST = {"name_zh": "窗口", "name_en": "Window", "duties": ["TAKE_IN"], "covers": "990101", "office": "WATER"}
_LEAVE = {"from_on": "2026-10-12", "to_on": "2026-10-13"}


def _leave(here: Any) -> dict[str, Any]:
    sun = here.cast.officials["sun"]
    made, _ = Leave.objects.get_or_create(official=sun, from_on="2026-11-02", to_on="2026-11-03")
    return {"official": sun.pk, "leave": made.pk}


def _key(here: Any) -> dict[str, Any]:
    made, _ = ApiToken.objects.get_or_create(
        digest="0" * 64, defaults={"name": "机器", "use": "OPEN311", "hint": "0000", "created_at": NOON}
    )
    return {"key_pk": made.pk}


SETTINGS: dict[str, tuple[Any, Any]] = {
    "settings_post_new": ({**_POST, "code": "NEW-01"}, {}),
    "settings_post_change": (_POST, {}),
    "settings_post_appoint": (
        lambda here: {"official": here.cast.officials["zhao"].pk, "from_on": "2026-10-12"}, {"post_code": "WATER-02"}
    ),
    "settings_post_end": ({"to_on": "2026-10-12", "sure": "yes"}, {}),
    "settings_official_new": ({"name_zh": "新人", "name_en": "Xin Ren"}, {}),
    "settings_official": ({}, _SUN),
    "settings_official_change": ({"name_zh": "孙伟", "name_en": "Sun Wei"}, _SUN),
    "settings_official_leave": (_LEAVE, _SUN),
    "settings_official_cancel_leave": ({}, _leave),
    "settings_official_account": ({"username": "sunwei"}, _SUN),
    "settings_official_password": ({}, _SUN),
    "settings_official_second_factor": ({}, _SUN),
    "settings_office_new": ({**_OFFICE, "code": "PARKS"}, {}),
    "settings_office_change": (_OFFICE, {}),
    "settings_key_new": ({"name": "机器", "use": "OPEN311", "per_minute": "60"}, {}),
    "settings_key_revoke": ({}, _key),
    "my_leave": (_LEAVE, {}),
}  # fmt: skip
