"""What a change would do to open matters: how many it leaves alone, how many it meets, and the first ten of each.

Only what is open of a matter is shown: its number, where it stands, and its dates. Residents' words stay with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _t
from django.utils.translation import pgettext_lazy

from weimin.catalogue.models import Kind, Urgency
from weimin.county.templatetags.weimin import day
from weimin.kernel.clock import begin_of_day
from weimin.kernel.limits import Limit
from weimin.matters import clocks
from weimin.matters.models import Matter, Support
from weimin.matters.states import OPEN_STATES, Clock, State

from .history import listed

SHOWN = 10
UNSENT = (State.RECEIVED, State.CLASSIFIED, State.RETURNED)
_UNANSWERED = (*UNSENT, State.DISPATCHED, State.HANDLED, State.PAUSED)
_S = State


@dataclass(frozen=True)
class Group:
    """Matters to which the same happens: how many, the first ten, and for each what happens if it is its own."""

    title: str
    n: int
    rows: Sequence[tuple[Matter, str]] = ()

    @property
    def says(self) -> bool:
        """Whether there is something to say of each."""
        return any(words for _matter, words in self.rows)


@dataclass(frozen=True)
class Preview:
    """What the page says before anything is saved."""

    sentences: list[str] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)


@dataclass(frozen=True)
class Rule:
    """Which open matters a time rule concerns.

    `begun`: its event has happened. `ahead`: it still may. `at`: the moment of the event, where the rule is looked up
    again whenever it is asked for; empty where the date was written down with the event and stays.
    """

    event: Any
    ahead: Q
    begun: Q = field(default_factory=lambda: Q(pk__in=()))
    at: str = ""


_TO_BE_ANSWERED = Q(state__in=_UNANSWERED) | Q(clock=Clock.RECTIFY)
_TO_BE_RATED = Q(state__in=(*_UNANSWERED, _S.ANSWERED))
_JUST_ANSWERED = Q(state__in=(_S.ANSWERED, _S.RATED))
_FIRST = Q(appeal_round=0)
_HELPED = Exists(Support.objects.filter(matter=OuterRef("pk"), done_at__isnull=True))
_FOLLOW_UP = Rule(pgettext_lazy("event", "评价为不满意"), _TO_BE_RATED, Q(clock=Clock.RECTIFY))
RULES = {
    "RETURN": Rule(pgettext_lazy("event", "派办"), Q(state__in=UNSENT), Q(state=_S.DISPATCHED), "dispatched_at"),
    "SUPPORT": Rule(pgettext_lazy("event", "派办"), Q(state__in=UNSENT), Q(_HELPED)),
    "EXTEND": Rule(pgettext_lazy("event", "批准延期"), Q(state=_S.HANDLED, clock_extension=""), ~Q(clock_extension="")),
    "PAUSE_MAX": Rule(pgettext_lazy("event", "暂停计时"), Q(state=_S.HANDLED), Q(state=_S.PAUSED)),
    "RATE_WINDOW": Rule(pgettext_lazy("event", "答复"), _TO_BE_ANSWERED, Q(clock=Clock.RATE)),
    "RATE_REMINDER": Rule(pgettext_lazy("event", "答复"), _TO_BE_ANSWERED, Q(state=_S.ANSWERED), "answered_at"),
    "REOPEN_WINDOW": Rule(pgettext_lazy("event", "答复"), _TO_BE_ANSWERED, _JUST_ANSWERED, "answered_at"),
    "REVIEW_ASK": Rule(
        pgettext_lazy("event", "答复"), _TO_BE_ANSWERED & _FIRST, _JUST_ANSWERED & _FIRST, "answered_at"
    ),
    "PUBLISH": Rule(pgettext_lazy("event", "评价"), _TO_BE_RATED, Q(clock=Clock.PUBLISH)),
    "FOLLOW_UP_CONTACT": _FOLLOW_UP,
    "FOLLOW_UP_REPLY": _FOLLOW_UP,
    "RECTIFY": _FOLLOW_UP,
    "REVIEW_DECIDE": Rule(
        pgettext_lazy("event", "申请复查"), _JUST_ANSWERED & _FIRST, Q(clock=Clock.REVIEW, appeal_round=1)
    ),
    "REREVIEW_ASK": Rule(pgettext_lazy("event", "作出复查决定"), Q(clock=Clock.REVIEW, appeal_round=1)),
    "REREVIEW_DECIDE": Rule(
        pgettext_lazy("event", "申请复核"), _JUST_ANSWERED & Q(appeal_round=1), Q(clock=Clock.REVIEW, appeal_round=2)
    ),
    "ESCALATE_STEP": Rule(pgettext_lazy("event", "超期或者再上报一级"), Q()),
}  # fmt: skip


def of_time_rule(code: str, *, from_on: date) -> Preview:
    """Whose limit began before the day keeps it; whose event is still to come gets the new one from that day."""
    rule = RULES.get(code)
    if rule is None:
        return Preview([_t("还没有哪一步用到这条规则，改动不影响在办事项。")])
    begun, ahead = rule.begun, rule.ahead
    if rule.at:
        begins = begin_of_day(from_on)
        begun = rule.begun & Q(**{f"{rule.at}__lt": begins})
        ahead = rule.ahead | (rule.begun & Q(**{f"{rule.at}__gte": begins}))
    said = {"day": day(from_on), "event": rule.event}
    return Preview(
        [_t("%(day)s以前发生的，期限照旧，已经告诉反映人的日期不变。") % said],
        [
            _group(_t("照旧：已经%(event)s的") % said, begun),
            _group(_t("如果%(day)s起才%(event)s，就按新期限") % said, ahead),
        ],
    )


def of_kind_limits(kind: Kind, *, promised: Limit) -> Preview:
    """Dates already told stay; what is not classified yet is counted anew, from the day it was received."""

    def becomes(matter: Matter) -> str:
        return _t("答复最迟改为 %(day)s") % {"day": day(clocks.due(matter.received_at, promised).due)}

    return Preview(
        [_t("已分类的事项，告诉反映人的日期不变；重新办理的，按新时限另算。")],
        [
            _group(_t("照旧：已分类的"), Q(kind=kind) & ~Q(state=_S.RECEIVED)),
            _group(_t("还没分类，分到这一类时按新时限算"), Q(kind=kind, state=_S.RECEIVED), becomes),
        ],
    )


def of_kind_words(kind: Kind, *, urgency: Urgency) -> Preview:
    said = [_t("在办事项立刻显示新名称；紧急程度、承办单位和日期都不变。")]
    if urgency.pk != kind.urgency_id:
        said.append(_t("从现在起，新收到的这一类按“%(urgency)s”联系反映人；承诺时限不变。") % {"urgency": urgency.name})
    return Preview(said, [_group(_t("照旧：在办的"), Q(kind=kind))])


def of_retiring(kind: Kind) -> Preview:
    return Preview(
        [_t("停用以后，居民和工作人员都不能再选这一类；在办的照样办完。")],
        [
            _group(_t("照旧：已分类的"), Q(kind=kind) & ~Q(state=_S.RECEIVED)),
            _group(_t("还没分类，要改到别的类别"), Q(kind=kind, state=_S.RECEIVED)),
        ],
    )


def of_urgency(urgency: Urgency, *, contact: Limit, now: datetime, cut: Sequence[Kind]) -> Preview:
    """Dates stay; what is not dispatched yet is called by the new contact limit."""

    def becomes(_matter: Matter) -> str:
        return _t("如果现在派办，%(day)s以前联系") % {"day": day(clocks.due(now, contact).due)}

    said = [_t("已经告诉反映人的日期不变。")]
    if cut:
        names = listed(kind.name for kind in cut[:SHOWN])
        said.append(_t("%(n)s 个类别的承诺时限会缩短到新的时限：%(names)s") % {"n": len(cut), "names": names})
    return Preview(
        said,
        [
            _group(_t("照旧：已派办的"), Q(urgency=urgency) & ~Q(state__in=UNSENT)),
            _group(_t("还没派办，派办后按新的时限联系"), Q(urgency=urgency, state__in=UNSENT), becomes),
        ],
    )


def of_template(kind: Kind | None) -> Preview:
    """Templates are words to begin with: nothing that was answered changes."""
    mine = Q(state=_S.HANDLED)
    if kind is not None:
        mine &= Q(kind=kind) | Q(kind__parent=kind) | Q(kind__parent__parent=kind)
    return Preview([_t("已经答复的不变。")], [_group(_t("正在办理、写答复时会看到这个模板的"), mine)])


def matters_where(which: Q) -> Any:
    """Open matters, the most pressing first, with what a line shows of them."""
    found = Matter.objects.filter(which, state__in=OPEN_STATES).select_related("kind", "place", "lead", "owner__office")
    return found.defer("text", "title", "details", "address", "place__outline").order_by("clock_due_at", "pk")


def _group(title: str, which: Q, becomes: Callable[[Matter], str] | None = None) -> Group:
    found = matters_where(which)
    rows = [(matter, becomes(matter) if becomes else "") for matter in found[:SHOWN]]
    return Group(title, found.count(), rows)
