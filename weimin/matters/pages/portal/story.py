"""The timeline as a resident reads it: who did what, when and why, in sentences."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weimin.county.models import Post
from weimin.kernel.clock import county_day
from weimin.matters import queries
from weimin.matters.lines import words_in
from weimin.matters.models import Event, Matter
from weimin.matters.names import with_actor
from weimin.matters.states import Act

SENTENCES: dict[str, Promise] = {
    Act.RECEIVE: _("收到您反映的事情。"),
    Act.CLASSIFY: _("%(who)s看过了，确定了类别和紧急程度。"),
    Act.DISPATCH: _("%(who)s请承办单位来办这件事。"),
    Act.ACCEPT: _("%(who)s接下这件事，开始办理。"),
    Act.RETURN: _("%(who)s说明这件事不归他们管，理由如下，正在重新派办。"),
    Act.CONTACT: _("%(who)s联系您。"),
    Act.NOTE: _("%(who)s补充了情况。"),
    Act.ASK_HELP: _("%(who)s请另一个单位协助。"),
    Act.SUPPORT: _("%(who)s作为协办单位回复了。"),
    Act.PAUSE: _("%(who)s暂停计时，原因如下。"),
    Act.RESUME: _("暂停的原因过去了，继续计时。"),
    Act.EXTEND: _("%(who)s批准延期一次，原因如下。"),
    Act.CHASE: _("该办的一步过了日子，已催办。"),
    Act.ESCALATE: _("超过期限 %(days)s 天，已报告%(to)s。"),
    Act.ANSWER: _("%(who)s答复了您。"),
    Act.KEEP_PROMISE: _("%(who)s承诺的事办好了。"),
    Act.RATE: _("您作了评价。"),
    Act.CALL_BACK: _("%(who)s回访，问您办得怎么样。"),
    Act.REOPEN: _("这件事重新办理。"),
    Act.CLOSE: _("这件事办结了。"),
    Act.PUBLISH: _("%(who)s把隐去个人信息的内容放上了公开栏。"),
    Act.MERGE: _("%(who)s把它和另一件相同的事一并办理。"),
    Act.SPLIT: _("这件事改为单独办理，原因如下。"),
    Act.WITHDRAW: _("您撤回了这件事。"),
    Act.REFUSE: _("%(who)s说明这件事不能受理，理由如下。"),
    Act.APPEAL: _("您申请复查。"),
    Act.DECIDE: _("%(who)s作出复查决定。"),
    Act.HAND_OVER: _("经办岗位换人，这件事已一并移交。"),
    Act.UNDO: _("%(who)s撤销了刚才那一步，恢复到之前。"),
    Act.RECOMPUTE: _("新一年的放假安排公布了，期限重新计算。"),
}
_NOTE_BY_RESIDENT = _("您补充了情况。")
_ME_TOO = _("收到您反映的事情。您说别人也反映过同一件，受理岗位会核对能不能一起办。")


@dataclass(frozen=True)
class Line:
    """What parts/timeline.html shows."""

    act: str
    at: datetime
    sentence: str
    detail: str
    tone: str


def who(event: Event) -> str:
    """Office and name of the official; residents are told who acts for them."""
    if event.post is None:
        return str(_("我们"))
    name = f" {event.official.name}" if event.official else ""
    return f"{event.post.office.name}{name}"


def lines(matter: Matter) -> list[Line]:
    """Everything that happened, but for what officials noted among themselves."""
    events = [with_actor(event) for event in queries.timeline(matter).filter(internal=False)]
    told = _told(events)
    return [_line(event, told) for event in events]


def late_words(matter: Matter, *, now: datetime) -> str:
    """How late it is, and who has been told of it."""
    assert matter.clock_due_at is not None
    days = max(1, (county_day(now) - county_day(matter.clock_due_at)).days)
    last = queries.timeline(matter).filter(act=Act.ESCALATE, at__gte=matter.clock_due_at).last()
    if last is None:
        return str(_("已超过期限 %(days)s 天，我们正向上一级报告。您也可以打电话催问。") % {"days": days})
    to = _told([last])[last.data["to"]]
    return str(_("已超过期限 %(days)s 天，已报告%(to)s。您也可以打电话催问。") % {"days": days, "to": to})


def _told(events: list[Event]) -> dict[str, str]:
    """The posts that were told of a delay, by their code, as residents call them."""
    codes = {event.data["to"] for event in events if event.act == Act.ESCALATE}
    posts = Post.objects.filter(code__in=codes).select_related("office") if codes else []
    return {post.code: f"{post.office.name} {post.name}" for post in posts}


def _line(event: Event, told: dict[str, str]) -> Line:
    mine = event.act == Act.NOTE and event.by_kind == "resident"
    template = _NOTE_BY_RESIDENT if mine else _ME_TOO if event.data.get("same_as") else SENTENCES[event.act]
    tone = "late" if event.act in (Act.ESCALATE, Act.CHASE) else "soon" if event.act in (Act.RETURN, Act.PAUSE) else ""
    # the answer itself stands in full above the timeline
    detail = "" if event.act in (Act.ANSWER, Act.REFUSE) else words_in(event)
    late = {"days": event.data["days"], "to": told[event.data["to"]]} if event.act == Act.ESCALATE else {}
    return Line(event.act, event.at, str(template) % {"who": who(event), **late}, detail, tone)
