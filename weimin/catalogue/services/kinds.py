"""Kinds of matter: adding, limiting, retiring."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.pinyin import search_words
from weimin.county.services.gate import who_configures
from weimin.kernel.clock import county_day
from weimin.kernel.limits import Limit, Unit
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..models import Kind, Urgency

_DEEPEST = 3
# (promised, legal): promised x first <= legal x second; the same reading as the database constraint on Kind.
_SURELY_WITHIN = {
    (Unit.W, Unit.N): (7, 5),
    (Unit.H, Unit.W): (1, 24),
    (Unit.H, Unit.N): (1, 24),
    (Unit.WH, Unit.W): (1, 8),
}


@transaction.atomic
def add_kind(
    code: str,
    *,
    parent: Kind | None,
    name_zh: str,
    name_en: str,
    urgency: Urgency,
    legal: Limit,
    promised: Limit,
    source_zh: str,
    source_en: str,
    by: Actor,
    now: datetime,
    description_zh: str = "",
    description_en: str = "",
    keywords: str = "",
    for_residents: bool = True,
) -> Kind:
    """Add a kind under another, or at the top.

    Before: no kind of this code. After: residents and clerks may choose it. Who: CONFIGURE.
    """
    who = who_configures(by)
    if Kind.objects.filter(code=code).exists():
        raise Refused("CODE_TAKEN", _("这个代码已有类别在用，请换一个。"), field="code")
    depth = parent.depth + 1 if parent else 1
    if depth > _DEEPEST:
        raise Refused("TOO_DEEP", _("类别最多三级，请挂在上一级下面。"), field="parent")
    _check_limits(promised, legal, source_zh)
    kind = Kind.objects.create(
        code=code, parent=parent, depth=depth, name_zh=name_zh, name_en=name_en, description_zh=description_zh,
        description_en=description_en, keywords=keywords, pinyin=search_words(name_zh, *keywords.split()),
        urgency=urgency, legal_amount=legal.amount, legal_unit=legal.unit, promised_amount=promised.amount,
        promised_unit=promised.unit, source_zh=source_zh, source_en=source_en or source_zh, for_residents=for_residents,
    )  # fmt: skip
    content = {"code": code, "legal": str(legal), "promised": str(promised), "urgency": urgency.code}
    record(what="catalogue.add_kind", about=f"kind:{code}", by=who, at=now, content=content)
    return kind


@transaction.atomic
def set_kind_limits(
    kind: Kind, *, legal: Limit, promised: Limit, source_zh: str, source_en: str, by: Actor, now: datetime
) -> Kind:
    """Change how long a kind may take. Matters already classified keep the date residents were told.

    Before: any limits. After: these, for matters classified from now on. Who: CONFIGURE.
    """
    who = who_configures(by)
    _check_limits(promised, legal, source_zh)
    before = {"legal": str(kind.legal), "promised": str(kind.promised)}
    kind.legal_amount, kind.legal_unit = legal.amount, legal.unit
    kind.promised_amount, kind.promised_unit = promised.amount, promised.unit
    kind.source_zh, kind.source_en = source_zh.strip(), source_en.strip() or source_zh.strip()
    kind.save()
    content = {"code": kind.code, "legal": str(legal), "promised": str(promised), "before": before, "source": source_zh}
    record(what="catalogue.set_kind_limits", about=f"kind:{kind.code}", by=who, at=now, content=content)
    return kind


@transaction.atomic
def retire_kind(kind: Kind, *, by: Actor, now: datetime) -> Kind:
    """Stop offering a kind from today. Matters of it stay as they are.

    Before: offered, with no kinds offered beneath it. After: retired. Who: CONFIGURE.
    """
    who = who_configures(by)
    if Kind.objects.filter(parent=kind, retired_on__isnull=True).exists():
        raise Refused("HAS_CHILDREN", _("下面还有在用的类别，请先停用它们。"))
    if not Kind.objects.filter(pk=kind.pk, retired_on__isnull=True).update(retired_on=county_day(now)):
        raise Refused("ALREADY_RETIRED", _("这个类别已经停用。"))
    kind.retired_on = county_day(now)
    record(what="catalogue.retire_kind", about=f"kind:{kind.code}", by=who, at=now, content={"code": kind.code})
    return kind


def _check_limits(promised: Limit, legal: Limit, source_zh: str) -> None:
    if not source_zh.strip():
        raise Refused("NO_SOURCE", _("请写明时限的依据。"), field="source_zh")
    if not _within_law(promised, legal):
        raise Refused("PROMISE_BEYOND_LAW", _("承诺时限不能长于法定时限。"), field="promised")


def _within_law(promised: Limit, legal: Limit) -> bool:
    """Whether the promise surely ends no later than the law's limit, whatever the calendar."""
    times, into = (1, 1) if promised.unit == legal.unit else _SURELY_WITHIN.get((promised.unit, legal.unit), (0, 0))
    return bool(times) and promised.amount * times <= legal.amount * into
