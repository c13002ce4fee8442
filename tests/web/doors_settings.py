"""What stands behind the settings of the county, and what is sent to them: address → (sent, gaps), for doors.py."""

from typing import Any

from tests.cast import NOON
from weimin.county.models import ApiToken, Leave
from weimin.matters.models import Partner, PartnerCode
from weimin.matters.services import add_partner, map_code
from weimin.webhooks.models import Delivery, Endpoint
from weimin.webhooks.services import add_endpoint, send_test

_SUN = lambda here: {"official": here.cast.officials["sun"].pk}  # noqa: E731
_OFFICE = {"name_zh": "县园林所", "name_en": "Parks Office", "place": "990101"}
_POST = {"name_zh": "窗口", "name_en": "Window", "duties": ["TAKE_IN"], "covers": "990101", "office": "WATER"}
_WEBHOOK = {"name": "大数据中心", "url": "https://receiver.example/hook", "events": ["matter.received"]}
_PARTNER = {"name": "清河市", "url": "https://city.example/v2", "format": "xml", "api_key": "k", "sends": True}
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


def _hook(here: Any) -> dict[str, Any]:
    known = Endpoint.objects.filter(name="大数据中心").first()
    if known is None:
        keeper = here.cast.keeper
        known, _secret = add_endpoint(**_WEBHOOK, by=keeper, now=NOON)
        send_test(known, by=keeper, now=NOON)
        Delivery.objects.update(state="DEAD")
    return {"hook": known.pk, "delivery": Delivery.objects.get().pk}


def partner(here: Any) -> Partner:
    known = Partner.objects.filter(name="清河市").first()
    if known is None:
        known = add_partner(**_PARTNER, by=here.cast.keeper, now=NOON)
        _code(here, known)
    return known


def _code(here: Any, known: Partner) -> PartnerCode:
    kind = here.cast.kinds["WATER-OUT"]
    code = {"service_code": "W", "kind": kind, "place": None, "by_itself": False}
    return map_code(known, **code, by=here.cast.keeper, now=NOON)


def _partner(here: Any) -> dict[str, Any]:
    return {"partner": partner(here).pk}


def _partner_code(here: Any) -> dict[str, Any]:
    known = partner(here)
    return {"partner": known.pk, "code": _code(here, known).pk}


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
    "settings_webhook_new": ({**_WEBHOOK, "name": "另一个"}, {}),
    "settings_webhook": ({}, _hook),
    "settings_webhook_change": (_WEBHOOK, _hook),
    "settings_webhook_rotate": ({}, _hook),
    "settings_webhook_off": ({}, _hook),
    "settings_webhook_on": ({}, _hook),
    "settings_webhook_test": ({}, _hook),
    "settings_webhook_replay_dead": ({}, _hook),
    "settings_webhook_replay": ({}, _hook),
    "settings_partner_new": ({**_PARTNER, "name": "另一个"}, {}),
    "settings_partner": ({}, _partner),
    "settings_partner_change": (_PARTNER, _partner),
    "settings_partner_switch": ({}, _partner),
    "settings_partner_code_new": (
        lambda here: {"service_code": "X", "kind": here.cast.kinds["WATER-OUT"].pk}, _partner
    ),
    "settings_partner_code_remove": ({}, _partner_code),
    "my_leave": (_LEAVE, {}),
}  # fmt: skip
