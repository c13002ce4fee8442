"""Kinds of matter: adding, naming, limiting, retiring."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.pinyin import search_words
from weimin.county.services.gate import who_configures
from weimin.kernel.clock import county_day
from weimin.kernel.limits import Limit
from weimin.kernel.refusal import Refused

from ..models import Kind, Urgency
from ._core import differences, need_source, write_down

_DEEPEST = 3
# What the ledger can name, and what an address can hold.
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)


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
    if not _CODE.fullmatch(code):
        raise Refused("BAD_CODE", _("代码只用字母、数字、点和短横，最多 40 个。"), field="code")
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
    after = {"legal": str(legal), "promised": str(promised), "urgency": urgency.code, "name": name_zh}
    content = {**differences({}, after), "source": source_zh}
    write_down(what="catalogue.add_kind", about=f"kind:{code}", who=who, now=now, content=content)
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
    before = {"legal": str(kind.legal), "promised": str(kind.promised), "source": kind.source_zh}
    kind.legal_amount, kind.legal_unit = legal.amount, legal.unit
    kind.promised_amount, kind.promised_unit = promised.amount, promised.unit
    kind.source_zh, kind.source_en = source_zh.strip(), source_en.strip() or source_zh.strip()
    kind.save()
    content = differences(before, {"legal": str(legal), "promised": str(promised), "source": kind.source_zh})
    write_down(what="catalogue.set_kind_limits", about=f"kind:{kind.code}", who=who, now=now, content=content)
    return kind


@transaction.atomic
def set_kind_words(
    kind: Kind,
    *,
    name_zh: str,
    name_en: str,
    description_zh: str,
    description_en: str,
    keywords: str,
    urgency: Urgency,
    for_residents: bool,
    by: Actor,
    now: datetime,
) -> Kind:
    """Call a kind by another name, describe it, say how urgent it is and who may choose it.

    Before: any words. After: these, found by their pinyin; matters of it keep class and date. Who: CONFIGURE.
    """
    who = who_configures(by)
    after = {
        "name": name_zh.strip(), "name_en": name_en.strip(), "description": description_zh.strip(),
        "description_en": description_en.strip(), "keywords": keywords.strip(), "urgency": urgency.code,
        "for_residents": for_residents,
    }  # fmt: skip
    for name, field in (("name", "name_zh"), ("name_en", "name_en")):
        if not after[name]:
            raise Refused("NO_NAME", _("类别要有中文名和英文名。"), field=field)
    before = {
        "name": kind.name_zh, "name_en": kind.name_en, "description": kind.description_zh,
        "description_en": kind.description_en, "keywords": kind.keywords, "urgency": kind.urgency.code,
        "for_residents": kind.for_residents,
    }  # fmt: skip
    kind.name_zh, kind.name_en = name_zh.strip(), name_en.strip()
    kind.description_zh, kind.description_en = description_zh.strip(), description_en.strip()
    kind.keywords, kind.urgency, kind.for_residents = keywords.strip(), urgency, for_residents
    kind.pinyin = search_words(kind.name_zh, *kind.keywords.split())
    kind.save()
    content = differences(before, after)
    write_down(what="catalogue.set_kind_words", about=f"kind:{kind.code}", who=who, now=now, content=content)
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
    content = differences({}, {"retired": kind.retired_on})
    write_down(what="catalogue.retire_kind", about=f"kind:{kind.code}", who=who, now=now, content=content)
    return kind


def _check_limits(promised: Limit, legal: Limit, source_zh: str) -> None:
    need_source(source_zh)
    if not promised.surely_within(legal):
        raise Refused("PROMISE_BEYOND_LAW", _("承诺时限不能长于法定时限。"), field="promised")
