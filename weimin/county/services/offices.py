"""Offices: made, changed and retired."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..actors import Actor
from ..models import Office, Place, Post
from ..pinyin import search_words
from .gate import new_code, who_configures


@dataclass(frozen=True, kw_only=True)
class OfficePlan:
    """What an office is, and how residents find it."""

    name_zh: str
    name_en: str
    place: Place
    superior: Office | None = None
    phone: str = ""
    address: str = ""
    opening_hours: str = ""


@transaction.atomic
def add_office(plan: OfficePlan, *, code: str, by: Actor, now: datetime) -> Office:
    """Write down a new office. Posts are added to it next.

    Before: no office of this code. After: the office, without posts. Who: CONFIGURE.
    """
    who = who_configures(by)
    code = new_code(code, longest=20)
    if Office.objects.filter(code__iexact=code).exists():
        raise Refused("CODE_TAKEN", _("这个代码已有单位在用，请换一个。"), field="code")
    office = Office.objects.create(code=code, **_checked(plan, None))
    record(what="county.add_office", about=f"office:{office.code}", by=who, at=now, content=_content(office))
    return office


@transaction.atomic
def change_office(office: Office, *, plan: OfficePlan, by: Actor, now: datetime) -> Office:
    """Correct an office's names, place, superior, or how it is reached.

    Before: in use. After: as planned. Who: CONFIGURE.
    """
    who = who_configures(by)
    if office.retired_on is not None:
        raise Refused("OFFICE_ENDED", _("这个单位已经撤销，不能再改。"))
    before, columns = _content(office), _checked(plan, office)
    for name, value in columns.items():
        setattr(office, name, value)
    office.save(update_fields=[*columns])
    content = {"before": before, "after": _content(office)}
    record(what="county.change_office", about=f"office:{office.code}", by=who, at=now, content=content)
    return office


@transaction.atomic
def retire_office(office: Office, *, still_needed: Callable[[Office], str], by: Actor, now: datetime) -> Office:
    """Close an office for good; its history stays.

    Before: no post in use, no office under it, and `still_needed` – the rooms above, asked once the office is locked,
    because the county sees neither routes nor matters – says nothing against it. After: retired as of today.
    Who: CONFIGURE.
    """
    who = who_configures(by)
    locked = Office.objects.select_for_update().filter(pk=office.pk, retired_on__isnull=True).first()
    if locked is None:
        raise Refused("OFFICE_ENDED", _("这个单位已经撤销，没有再改动。"))
    if Post.objects.filter(office=office, retired_on__isnull=True).exists():
        raise Refused("HAS_POSTS", _("这个单位还有在用的岗位，请先撤销或调整这些岗位。"))
    if Office.objects.filter(superior=office, retired_on__isnull=True).exists():
        raise Refused("HAS_SUBORDINATES", _("还有单位以它为上级，请先给它们另定。"))
    if reason := still_needed(office):
        raise Refused("STILL_NEEDED", reason)
    office.retired_on = county_day(now)
    Office.objects.filter(pk=office.pk).update(retired_on=office.retired_on)
    record(what="county.retire_office", about=f"office:{office.code}", by=who, at=now, content={"office": office.code})
    return office


def _checked(plan: OfficePlan, office: Office | None) -> dict[str, Any]:
    name_zh, name_en = plan.name_zh.strip(), plan.name_en.strip()
    if not name_zh or not name_en:
        raise Refused("NO_NAME", _("请写明单位名称，中英文都要。"), field="name_en" if name_zh else "name_zh")
    here, passed = plan.superior, set()
    while here is not None and here.pk not in passed:
        if here == office or here.retired_on is not None:
            raise Refused("IN_A_CIRCLE", _("请选另一个在用、又不归它管的单位作上级。"), field="superior")
        passed.add(here.pk)
        here = here.superior
    return {
        "name_zh": name_zh, "name_en": name_en, "pinyin": search_words(name_zh, limit=200), "place": plan.place,
        "superior": plan.superior, "phone": plan.phone.strip(), "address": plan.address.strip(),
        "opening_hours": plan.opening_hours.strip(),
    }  # fmt: skip


def _content(office: Office) -> dict[str, Any]:
    return {
        "office": office.code,
        "name": office.name_zh,
        "place": office.place.code,
        "superior": office.superior.code if office.superior else "",
        "phone": office.phone,
        "address": office.address,
        "opening_hours": office.opening_hours,
    }
