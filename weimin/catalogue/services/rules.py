"""Limits of the procedure itself, from a day on."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.services.gate import who_configures
from weimin.kernel.clock import county_day
from weimin.kernel.limits import Limit
from weimin.kernel.refusal import Refused

from ..models import TimeRule
from ._core import need_source, write_down

_A_DAY = timedelta(days=1)


@transaction.atomic
def set_time_rule(
    code: str, *, limit: Limit, from_on: date, source_zh: str, source_en: str, by: Actor, now: datetime
) -> TimeRule:
    """Change a limit of the procedure from a day on. What began before that day keeps the limit it began with.

    Before: a rule of this code in force. After: it ends the day before; the new one is in force from then.
    Who: CONFIGURE.
    """
    who = who_configures(by)
    if from_on < county_day(now):
        raise Refused("PAST_DATE", _("规则只能从今天或以后的日子起改，过去的事按过去的规则办。"), field="from_on")
    source = need_source(source_zh)
    standing = TimeRule.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=from_on), code=code)
    before = standing.filter(from_on__lt=from_on).order_by("-from_on").first()
    if standing.filter(from_on__gte=from_on).exists():
        raise Refused(
            "RULE_SET_ALREADY", _("这条规则在那天或以后已另有安排。请换一个日期，或先撤回那次改动。"), field="from_on"
        )
    if before is None:
        raise Refused("UNKNOWN_RULE", _("没有这条规则，请从规则表里选。"), field="code")
    TimeRule.objects.filter(pk=before.pk).update(to_on=from_on - _A_DAY)
    rule = TimeRule.objects.create(
        code=code, name_zh=before.name_zh, name_en=before.name_en, amount=limit.amount, unit=limit.unit,
        source_zh=source, source_en=source_en.strip() or source, from_on=from_on,
    )  # fmt: skip
    content = {
        "before": {"limit": str(before.limit)}, "after": {"limit": str(limit)}, "from": from_on, "source": source,
    }  # fmt: skip
    write_down(what="catalogue.set_time_rule", about=f"rule:{code}", who=who, now=now, content=content)
    return rule


@transaction.atomic
def withdraw_time_rule(rule: TimeRule, *, by: Actor, now: datetime) -> None:
    """Take back a change that has not begun. The limit before it runs on as if nothing had been planned.

    Before: planned, from a day to come. After: gone; the one before has no end again. Who: CONFIGURE.
    """
    who = who_configures(by)
    if rule.from_on <= county_day(now):
        raise Refused("BEGUN_ALREADY", _("这条规则已经生效，不能撤回。需要改的，请另定一个生效日期。"))
    key, before = rule.pk, TimeRule.objects.filter(code=rule.code, to_on=rule.from_on - _A_DAY)
    if not TimeRule.objects.filter(pk=key).delete()[0]:
        raise Refused("WITHDRAWN_ALREADY", _("这次改动已经撤回。请刷新页面再看。"))
    before.update(to_on=None)
    content = {"before": {"limit": str(rule.limit)}, "after": {"limit": None}, "from": rule.from_on}
    write_down(what="catalogue.withdraw_time_rule", about=f"rule:{rule.code}", who=who, now=now, content=content)
