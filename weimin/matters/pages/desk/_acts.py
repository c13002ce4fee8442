"""What an official may do with a matter: for each act its duty, its form, what it needs, and the verb it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.kernel.limits import Limit, Unit
from weimin.kernel.refusal import Refused

from ... import journey, queries
from ...forms import desk as forms
from ...models import Appeal, Matter
from ...states import ALLOWED, STILL, Act, ContactOutcome, PauseReason, Request, Resolved, State

Call = Callable[[Matter, dict[str, Any], Actor, datetime], object]
PLACE, LEAD, ANY = "place", "lead", "any"


@dataclass(frozen=True)
class ActPage:
    """One act as a page: `duties` open it; `scope` says what the post must reach."""

    act: Act
    duties: tuple[Duty, ...]
    form: type[forms.ActForm]
    call: Call
    needs: str | Promise
    scope: str = LEAD
    template: str = "act.html"


def _reply(data: dict[str, Any]) -> journey.Reply:
    return journey.Reply(**{name: data[name] for name in journey.Reply.__dataclass_fields__ if name in data})


def _limit(data: dict[str, Any]) -> Limit:
    return Limit(data["days"], Unit.W)


def _classify(m: Matter, d: dict[str, Any], by: Actor, now: datetime) -> object:
    asked = Request(d["request"])
    return journey.classify_matter(
        m, kind=d["kind"], urgency=d["urgency"], place=d["place"], request=asked, by=by, now=now
    )


def _dispatch(m: Matter, d: dict[str, Any], by: Actor, now: datetime) -> object:
    return journey.dispatch_matter(
        m, office=d["office"], supporting=list(d["supporting"]), words=d["words"], by=by, now=now
    )


def _contact(m: Matter, d: dict[str, Any], by: Actor, now: datetime) -> object:
    outcome = ContactOutcome(d["outcome"])
    return journey.contact_resident(
        m, at=d["at"], channel=d["channel"], outcome=outcome, words=d["words"], by=by, now=now
    )


def _pause(m: Matter, d: dict[str, Any], by: Actor, now: datetime) -> object:
    return journey.pause_matter(m, reason=PauseReason(d["reason"]), words=d["words"], limit=_limit(d), by=by, now=now)


def _merge(m: Matter, d: dict[str, Any], by: Actor, now: datetime) -> object:
    main = queries.visible_to(by).filter(number=d["main"]).first()
    if main is None:
        raise Refused("UNKNOWN_MATTER", _("没有找到这个编号的事项，请核对。"), field="main")
    return journey.merge_matter(m, main=main, reason=d["reason"], by=by, now=now)


def _call_back(m: Matter, d: dict[str, Any], by: Actor, now: datetime) -> object:
    resolved = Resolved(d["resolved"]) if d["resolved"] else None
    return journey.call_back(
        m, reached=d["reached"], resolved=resolved, satisfied=d["satisfied"], words=d["words"], by=by, now=now
    )


def _decide(m: Matter, d: dict[str, Any], by: Actor, now: datetime) -> object:
    outcome = Appeal.Outcome(d["outcome"])
    return journey.decide_appeal(
        m, outcome=outcome, facts=d["facts"], reasons=d["reasons"], rule=d["rule"], by=by, now=now
    )


def _publish(m: Matter, d: dict[str, Any], by: Actor, now: datetime) -> object:
    return journey.publish_matter(m, title=d["title"], asked=d["asked"], done=d["done"], by=by, now=now)


_J = journey
PAGES: dict[str, ActPage] = {
    "classify": ActPage(
        Act.CLASSIFY, (Duty.CLASSIFY,), forms.ClassifyForm, _classify, _("类别、地点、紧急程度"), PLACE, "classify.html"
    ),
    "dispatch": ActPage(
        Act.DISPATCH, (Duty.DISPATCH, Duty.LEAD), forms.DispatchForm, _dispatch,
        _("一个主办单位，需要时加协办单位"), PLACE, "dispatch.html",
    ),
    "accept": ActPage(
        Act.ACCEPT, (Duty.HANDLE,), forms.PlainForm,
        lambda m, d, by, now: _J.accept_matter(m, by=by, now=now), _("确认由本单位承办"),
    ),
    "return": ActPage(
        Act.RETURN, (Duty.HANDLE,), forms.ReasonForm,
        lambda m, d, by, now: _J.return_matter(m, reason=d["reason"], by=by, now=now),
        _("说明为什么不归本单位管，派办后 5 个工作日内"),
    ),
    "contact": ActPage(
        Act.CONTACT, (Duty.HANDLE, Duty.TAKE_IN), forms.ContactForm, _contact, _("什么时候、怎样、结果如何"), ANY
    ),
    "answer": ActPage(
        Act.ANSWER, (Duty.HANDLE,), forms.AnswerForm,
        lambda m, d, by, now: _J.answer_matter(m, reply=_reply(d), by=by, now=now),
        _("事实、理由、依据、承诺和不服怎么办"), LEAD, "answer.html",
    ),
    "ask-help": ActPage(
        Act.ASK_HELP, (Duty.DISPATCH, Duty.HANDLE), forms.AskHelpForm,
        lambda m, d, by, now: _J.ask_for_help(m, office=d["office"], words=d["words"], by=by, now=now),
        _("哪个单位、请它做什么"), ANY,
    ),
    "support": ActPage(
        Act.SUPPORT, (Duty.HANDLE,), forms.SupportForm,
        lambda m, d, by, now: _J.report_support(m, report=d["report"], by=by, now=now), _("协办意见"), ANY,
    ),
    "pause": ActPage(Act.PAUSE, (Duty.HANDLE,), forms.PauseForm, _pause, _("法定原因、说明和天数")),
    "resume": ActPage(
        Act.RESUME, (Duty.HANDLE,), forms.WordsForm,
        lambda m, d, by, now: _J.resume_matter(m, words=d["words"], by=by, now=now), _("暂停的原因已经过去"),
    ),
    "extend": ActPage(
        Act.EXTEND, (Duty.APPROVE,), forms.ExtendForm,
        lambda m, d, by, now: _J.extend_matter(m, reason=d["reason"], limit=_limit(d), by=by, now=now),
        _("到期之前，上级审批，只有一次"), ANY,
    ),
    "keep-promise": ActPage(
        Act.KEEP_PROMISE, (Duty.HANDLE,), forms.KeepPromiseForm,
        lambda m, d, by, now: _J.keep_promise(m, words=d["words"], by=by, now=now), _("承诺的事已经办好"),
    ),
    "call-back": ActPage(
        Act.CALL_BACK, (Duty.CALL_BACK,), forms.CallBackForm, _call_back, _("由承办单位以外的人问本人"), PLACE
    ),
    "publish": ActPage(
        Act.PUBLISH, (Duty.PUBLISH,), forms.PublishForm, _publish, _("去掉能认出人的字"), PLACE, "publish.html"
    ),
    "unpublish": ActPage(
        Act.UNPUBLISH, (Duty.PUBLISH,), forms.ReasonForm,
        lambda m, d, by, now: _J.unpublish_matter(m, reason=d["reason"], by=by, now=now), _("撤下的理由"), PLACE,
    ),
    "close": ActPage(
        Act.CLOSE, (Duty.PUBLISH,), forms.ReasonForm,
        lambda m, d, by, now: _J.close_matter(m, reason=d["reason"], by=by, now=now), _("不公开的理由"), PLACE,
    ),
    "merge": ActPage(Act.MERGE, (Duty.CLASSIFY,), forms.MergeForm, _merge, _("另一件的编号和理由"), PLACE),
    "split": ActPage(
        Act.SPLIT, (Duty.CLASSIFY,), forms.ReasonForm,
        lambda m, d, by, now: _J.split_matter(m, reason=d["reason"], by=by, now=now), _("为什么不是同一件"), PLACE,
    ),
    "refuse": ActPage(
        Act.REFUSE, (Duty.CLASSIFY, Duty.HANDLE), forms.ReplyForm,
        lambda m, d, by, now: _J.refuse_matter(m, reply=_reply(d), by=by, now=now),
        _("事实、理由、依据和去哪里解决"), ANY,
    ),
    "decide": ActPage(Act.DECIDE, (Duty.REVIEW,), forms.DecideForm, _decide, _("事实、理由、依据"), PLACE),
    "note": ActPage(
        Act.NOTE, tuple(duty for duty in Duty if duty != Duty.AUDIT), forms.NoteForm,
        lambda m, d, by, now: _J.add_note(m, words=d["words"], internal=d["internal"], by=by, now=now),
        _("几句话"), ANY,
    ),
}  # fmt: skip


def moves_for(matter: Matter, actor: Actor) -> list[tuple[str, ActPage]]:
    """Only what this official may do with this matter now."""
    return [(slug, page) for slug, page in PAGES.items() if _fits(page, matter) and _may(slug, page, matter, actor)]


def _fits(page: ActPage, matter: Matter) -> bool:
    if page.act in (Act.ANSWER, Act.REFUSE) and matter.state == State.MERGED:
        return False  # the clock gives merged matters what the main one was given
    if matter.state in STILL.get(page.act, ()):
        return True
    return any((page.act, matter.state, goal) in ALLOWED for goal in State)


def _may(slug: str, page: ActPage, matter: Matter, actor: Actor) -> bool:
    if slug == "refuse":
        duty = Duty.HANDLE if matter.state == State.HANDLED else Duty.CLASSIFY
        return _holds(actor, duty, matter, LEAD if duty == Duty.HANDLE else PLACE)
    if slug == "dispatch":
        return _holds(actor, Duty.LEAD if matter.returns >= 2 else Duty.DISPATCH, matter, PLACE)
    if slug == "contact":
        return _may_contact(actor, matter)
    if slug == "support":
        offices = {post.office_id for post in actor.posts_with(Duty.HANDLE)}
        return queries.supports_open().filter(matter=matter, office_id__in=offices).exists()
    if slug == "ask-help":
        return _holds(actor, Duty.DISPATCH, matter, PLACE) or _holds(actor, Duty.HANDLE, matter, LEAD)
    if slug == "extend":
        return _is_above(actor, matter)
    if slug == "keep-promise" and queries.promise_to_keep(matter) is None:
        return False
    return any(_holds(actor, duty, matter, page.scope) for duty in page.duties)


def _may_contact(actor: Actor, matter: Matter) -> bool:
    if matter.lead_id is not None and actor.has(Duty.HANDLE):
        return _holds(actor, Duty.HANDLE, matter, LEAD)
    return _holds(actor, Duty.TAKE_IN, matter, PLACE)


def _is_above(actor: Actor, matter: Matter) -> bool:
    if matter.owner is None or matter.clock_extension:
        return False
    above = {post.pk for post in queries.line_above(matter.owner)}
    return any(post.pk in above for post in actor.posts_with(Duty.APPROVE))


def _holds(actor: Actor, duty: Duty, matter: Matter, scope: str) -> bool:
    if scope == LEAD and matter.lead_id is None:
        return False
    where: dict[str, Any] = {"office_id": matter.lead_id} if scope == LEAD else {}
    if scope == PLACE:
        where = {"place_code": matter.place_code}
    try:
        actor.post_for(duty, **where)
    except Refused:
        return False
    return True
