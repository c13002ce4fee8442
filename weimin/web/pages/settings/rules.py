"""Time rules: limits of the procedure itself, each from a day on."""

from datetime import datetime
from itertools import groupby

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from weimin.catalogue.forms.settings import TimeRuleForm
from weimin.catalogue.models import TimeRule
from weimin.catalogue.permissions import rule_to_keep
from weimin.catalogue.queries import time_rules
from weimin.catalogue.services import set_time_rule, withdraw_time_rule
from weimin.county.permissions import StaffRequest, keeps_or_looks
from weimin.county.pinyin import search_words
from weimin.county.templatetags.weimin import day, local
from weimin.kernel import clock
from weimin.kernel.limits import Limit

from . import reach
from .changing import Change, Dated, change_page, standing
from .tables import Cell, Column, Row, Table, show_table

TABLE = Table(
    "rules",
    _("时限规则"),
    _("办事程序本身的期限。改动从某一天起生效，以前发生的事按以前的期限。"),
    (
        Column("name", _("规则"), wide=True),
        Column("limit", _("现在的期限")),
        Column("from", _("生效日期")),
        Column("planned", _("以后的改动"), wide=True),
        Column("source", _("文件依据"), wide=True),
        Column("code", _("代码")),
    ),
    _("录入目录以后，退回、延期、评价等期限会列在这里。"),
)


@require_GET
@keeps_or_looks
def rules(request: StaffRequest) -> HttpResponse:
    """Every rule once: what holds today, and what is planned."""
    now = clock.now()
    rows = [_row(list(of_code), now) for _code, of_code in groupby(time_rules(), key=lambda rule: rule.code)]
    return show_table(request, TABLE, rows)


def _row(dated: list[TimeRule], now: datetime) -> Row:
    today = next((rule for rule in dated if standing(rule.from_on, rule.to_on, now) == "present"), None)
    planned = [rule for rule in dated if standing(rule.from_on, rule.to_on, now) == "planned"]
    shown = today or dated[0]
    later = " · ".join(f"{day(rule.from_on)} {limit_words(rule.limit)}" for rule in reversed(planned))
    cells = (
        Cell(local(shown, "name")),
        Cell(limit_words(shown.limit) if today else "—", by_length(shown.limit)),
        Cell(shown.from_on.isoformat()),
        Cell(later or "—"),
        Cell(local(shown, "source")),
        Cell(shown.code),
    )
    words = " ".join((shown.name_zh, shown.name_en, shown.code, shown.source_zh, search_words(shown.name_zh)))
    return Row(reverse("web:settings_rule", args=[shown.code]), cells, words)


@require_http_methods(["GET", "POST"])
@keeps_or_looks
def rule(request: StaffRequest, rule: str) -> HttpResponse:
    """One rule: a new limit from a day on, every row it ever had, and who changed it."""
    dated, now = rule_to_keep(rule), clock.now()
    by_key = {row.pk: row for row in dated}
    here = next((row for row in dated if standing(row.from_on, row.to_on, now) == "present"), dated[0])
    change = Change(
        title=local(here, "name"),
        form=TimeRuleForm(request.POST or None, initial={"limit": here.limit}),
        act=lambda d: set_time_rule(rule, **d, by=request.actor, now=now),
        preview=lambda d: reach.of_time_rule(rule, from_on=d["from_on"]),
        back=reverse("web:settings_rules"),
        back_label=TABLE.title,
        done=reverse("web:settings_rule", args=[rule]),
        about=(f"rule:{rule}",),
        facts=((_("现在的期限"), limit_words(here.limit)), (_("文件依据"), local(here, "source"))),
        dated=tuple(_dated(row, now) for row in dated),
        take_back=lambda pk: withdraw_time_rule(by_key[pk], by=request.actor, now=now),
    )
    return change_page(request, change)


def _dated(row: TimeRule, now: datetime) -> Dated:
    how = standing(row.from_on, row.to_on, now)
    return Dated(row.pk, limit_words(row.limit), row.from_on, row.to_on, local(row, "source"), how)


def limit_words(limit: Limit) -> str:
    """ "5 个工作日", in the reader's language."""
    return limit.words(get_language() or "zh-hans")


def by_length(limit: Limit) -> float:
    """About how many hours it is, to sort limits of different units."""
    return limit.amount * {"H": 1.0, "WH": 3.0, "N": 24.0, "W": 33.6}[limit.unit]
