"""The county's own order: calendar, people, kinds and rules. What only the county can mend."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weimin.catalogue.models import Route, TimeRule
from weimin.catalogue.queries import kinds_open
from weimin.catalogue.seeds import SHIPPED
from weimin.county import queries as county
from weimin.county.directory import counties
from weimin.county.duties import Duty
from weimin.county.models import Post
from weimin.county.plans import read_table
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import county_day
from weimin.matters.models import Matter
from weimin.matters.states import OPEN_STATES

from .finding import Finding, good, ill, look, some

NOTICE_MONTH = 12  # the State Council's notice of the next year's holidays comes in October or November


def directory(now: datetime) -> Finding:
    if current_code() in counties():
        return good(_("本县在名录里，页面上有县名和热线。"))
    return ill(
        _("名录里没有本县（%(code)s）。") % {"code": current_code()},
        lost=_("页面没有县名，事项编号没有字头。"),
        mend=_("请运行 bin/weimin found_county，见 docs/operate/own-county.md。"),
    )


def calendar(now: datetime) -> Finding:
    today = county_day(now)
    entered = county.calendar().published_years
    waiting = Matter.objects.filter(state__in=OPEN_STATES, clock_provisional=True).count()
    note = ngettext("现有 %(n)d 件的到期日是暂定的。", "现有 %(n)d 件的到期日是暂定的。", waiting) % {"n": waiting}
    mend = _("请在“规则与设置”里录入国务院办公厅的放假通知，见 docs/operate/calendar.md。")
    if today.year not in entered:
        return ill(
            _("今年（%(year)d）的放假安排还没有录入。") % {"year": today.year},
            lost=_("工作日算不准，期限都是暂定的。") + note,
            mend=mend,
        )
    if today.year + 1 not in entered and today.month >= NOTICE_MONTH:
        return look(
            _("明年（%(year)d）的放假安排还没有录入。") % {"year": today.year + 1},
            lost=_("跨年的期限是暂定的。") + note,
            mend=mend,
        )
    return good(_("今年的放假安排已录入。") + (note if waiting else ""))


def empty_posts(now: datetime) -> Finding:
    empty = list(county.posts_without_anyone(now=now))
    if not empty:
        return good(_("每个岗位都有人。"))
    owning = Matter.objects.filter(owner__in=empty, state__in=OPEN_STATES).count()
    words = _("没有人的岗位：%(posts)s。") % {"posts": some([post.code for post in empty])}
    mend = _("请安排人到岗，或者给岗位定一个 AB 岗；有事停着的，请移交。")
    if owning:
        held = ngettext("有 %(n)d 件事停在这些岗位上。", "有 %(n)d 件事停在这些岗位上。", owning)
        return ill(words, lost=held % {"n": owning}, mend=mend)
    return look(words, lost=_("派到这些岗位的事没有人接。"), mend=mend)


def retired_owners(now: datetime) -> Finding:
    held = Matter.objects.filter(owner__retired_on__isnull=False, state__in=OPEN_STATES)
    n = held.count()
    if not n:
        return good(_("在办事项的负责岗位都还在。"))
    codes = sorted(set(held.values_list("owner__code", flat=True)))
    words = ngettext(
        "%(n)d 件在办事项的负责岗位已经撤销：%(posts)s。", "%(n)d 件在办事项的负责岗位已经撤销：%(posts)s。", n
    )
    return ill(
        words % {"n": n, "posts": some(codes)},
        lost=_("这些事没有人能办。"),
        mend=_("请值班领导在工作台上把它们移交给接手的岗位。"),
    )


def duties(now: datetime) -> Finding:
    empty = set(county.posts_without_anyone(now=now).values_list("pk", flat=True))
    posts = Post.objects.filter(retired_on__isnull=True).exclude(pk__in=empty).values_list("duties", flat=True)
    held = {duty for duties in posts for duty in duties}
    absent = [str(duty.label) for duty in Duty if duty not in held]
    if not absent:
        return good(_("每项职责都有人担任。"))
    return ill(
        _("没有人担任的职责：%(duties)s。") % {"duties": some(absent)},
        lost=_("事项走到这一步就停下。"),
        mend=_("请给一个岗位加上这项职责，并安排人到岗。"),
    )


def routes(now: datetime) -> Finding:
    today = county_day(now)
    in_force = Q(from_on__lte=today) & (Q(to_on__isnull=True) | Q(to_on__gte=today))
    routed = set(Route.objects.filter(in_force).values_list("kind_id", flat=True))
    kinds = {kind.pk: kind for kind in kinds_open()}
    parents = {kind.parent_id for kind in kinds.values()}
    without = []
    for kind in kinds.values():
        here, line = kind, {kind.pk}
        while here.parent_id in kinds:
            here = kinds[here.parent_id]
            line.add(here.pk)
        if kind.pk not in parents and not line & routed:
            without.append(kind.code)
    if not without:
        return good(_("每一类事都有派办规则。"))
    return look(
        _("没有派办规则的类别：%(kinds)s。") % {"kinds": some(without)},
        lost=_("这几类要由人挑选承办单位。"),
        mend=_("请在“规则与设置 · 派办规则”里补上。"),
    )


def time_rules(now: datetime) -> Finding:
    today = county_day(now)
    in_force = Q(from_on__lte=today) & (Q(to_on__isnull=True) | Q(to_on__gte=today))
    entered = set(TimeRule.objects.filter(in_force).values_list("code", flat=True))
    absent = [row["code"] for row in read_table(SHIPPED / "time_rules.csv") if row["code"] not in entered]
    if not absent:
        return good(_("每一步的时限规则都在。"))
    return ill(
        _("今天没有生效的时限规则：%(rules)s。") % {"rules": some(absent)},
        lost=_("用到它们的步骤办不了，经办人会看到“还没有录入期限”。"),
        mend=_("请在“规则与设置 · 时限规则”里补上。"),
    )
