"""Step 5: the answer, with facts, reasons, rule, promise and the route of appeal. A refusal carries the same."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.queries import time_rule
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Post
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused

from .. import clocks, queries, sentences, tallies
from ..models import Answer, FollowUp, Matter
from ..states import Act, Clock, State
from ._core import check, perform, words_of

_AFTER_REFUSAL = (State.REFUSED, State.APPEALED, State.CLOSED)  # the refusal stands, or is being looked at again


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The parts every answer has. A promise has a date; past it unkept, the matter reopens by itself."""

    facts: str
    reasons: str
    rule: str
    appeal_route: str
    promise: str = ""
    promise_due_on: date | None = None


@transaction.atomic
def answer_matter(matter: Matter, *, reply: Reply, by: Actor, now: datetime) -> Answer:
    """Step 5 of 7: tell the resident what was found and done, why, by what rule, and what they can do next.

    Before: HANDLED, or RATED with a follow-up open.  After: ANSWERED; the rating window runs.
    Who: a handling post of the lead office (HANDLE).
    """
    check(matter, Act.ANSWER, State.ANSWERED)
    post = by.post_for(Duty.HANDLE, office_id=matter.lead_id)
    if matter.state == State.MERGED:
        raise Refused("NOT_NOW", _("这件事已并案，主件答复后会一并答复。"))
    if matter.state == State.RATED and not _follow_up_open(matter):
        raise Refused("NOT_NOW", _("居民没有提出不满意，不需要再次答复。"))
    answer = _write(matter, reply, by=by, post=post, now=now, refusal=False)
    if answer.promise:
        # A later promise takes the place of those still open; the resident sees both.
        queries.promises_open().filter(matter=matter).exclude(pk=answer.pk).update(promise_replaced_at=now)
    counted = _counted(matter, now)
    FollowUp.objects.filter(matter=matter, rectified_at__isnull=True).update(replied_at=now, rectified_at=now)
    _answered(matter, answer, by=by, post=post, now=now, counted=counted)
    return answer


@transaction.atomic
def answer_merged(matter: Matter, *, by: Actor, now: datetime) -> Answer:
    """The main matter is answered: the resident of a merged one gets the same answer under their own number.

    Before: MERGED, its main matter answered.  After: ANSWERED; this resident may rate on their own.
    Who: the clock.
    """
    check(matter, Act.ANSWER, State.ANSWERED)
    main = matter.merged_into
    given = queries.latest_answer(main) if main is not None else None
    if main is None or given is None or given.refusal or given.post is None:
        raise Refused("NOT_NOW", _("主件还没有答复。"))
    answer = _copy(matter, given, now=now)
    _answered(matter, answer, by=by, post=None, now=now, counted=[], owner=given.post, lead=main.lead)
    return answer


@transaction.atomic
def refuse_matter(matter: Matter, *, reply: Reply, by: Actor, now: datetime) -> Answer:
    """The county may not act on this: say why, by what rule, and where to go instead.

    Before: RECEIVED, CLASSIFIED or HANDLED.  After: REFUSED; the resident may appeal.
    Who: a post that classifies and covers the place (CLASSIFY); once HANDLED, the lead office (HANDLE).
    """
    check(matter, Act.REFUSE, State.REFUSED)
    if matter.state == State.MERGED:
        raise Refused("NOT_NOW", _("这件事已并案，主件有了结论后会一并答复。"))
    if matter.state == State.HANDLED:
        post = by.post_for(Duty.HANDLE, office_id=matter.lead_id)
    else:
        post = by.post_for(Duty.CLASSIFY, place_code=matter.place_code)
    answer = _write(matter, reply, by=by, post=post, now=now, refusal=True)
    _refused(matter, answer, by=by, post=post, now=now)
    return answer


def _refused(matter: Matter, answer: Answer, *, by: Actor, post: Post | None, now: datetime) -> None:
    perform(
        matter,
        Act.REFUSE,
        by=by,
        post=post,
        now=now,
        goal=State.REFUSED,
        changes={**clocks.STOPPED, "owner": None, "answered_at": now},
        answer=answer,
    )
    with sentences.in_language_of(matter):
        text = _t("您反映的事情 %(number)s 不能受理。理由：%(reasons)s 依据：%(rule)s。不服可以：%(appeal)s")
        sentences.tell(matter, Act.REFUSE, text % _parts(matter, answer), now=now)


@transaction.atomic
def refuse_merged(matter: Matter, *, by: Actor, now: datetime) -> Answer:
    """The main matter was refused: the resident of a merged one is told the same, and may appeal under their number.

    Before: MERGED, its main matter refused.  After: REFUSED.  Who: the clock.
    """
    check(matter, Act.REFUSE, State.REFUSED)
    main = matter.merged_into
    given = queries.latest_answer(main) if main is not None and main.state in _AFTER_REFUSAL else None
    if given is None or not given.refusal or by.kind != "clock":
        raise Refused("NOT_NOW", _("这件事已并案，主件有了结论后会一并答复。"))
    answer = _copy(matter, given, now=now)
    _refused(matter, answer, by=by, post=None, now=now)
    return answer


@transaction.atomic
def keep_promise(matter: Matter, *, words: str, by: Actor, now: datetime) -> Answer:
    """What was promised has been done: say so, with the evidence. Of several promises the latest open one is meant.

    Before: ANSWERED, RATED, CLOSED or PUBLISHED, the promise open.  After: the same state, the promise kept.
    Who: a handling post of the lead office (HANDLE).
    """
    check(matter, Act.KEEP_PROMISE)
    post = by.post_for(Duty.HANDLE, office_id=matter.lead_id)
    words = words_of(words, field="words", limit=1000)
    answer = queries.promise_to_keep(matter)
    if answer is None or not Answer.objects.filter(pk=answer.pk, promise_kept_at__isnull=True).update(
        promise_kept_at=now
    ):
        raise Refused("NO_PROMISE", _("这件事没有待兑现的承诺。"))
    answer.promise_kept_at = now
    perform(matter, Act.KEEP_PROMISE, by=by, post=post, now=now, words=words, data={"answer": answer.pk})
    with sentences.in_language_of(matter):
        text = _t("您反映的事情 %(number)s，我们承诺的事已经办好：%(words)s")
        sentences.tell(matter, Act.KEEP_PROMISE, text % {"number": matter.number, "words": words}, now=now)
    return answer


def _write(matter: Matter, reply: Reply, *, by: Actor, post: Post, now: datetime, refusal: bool) -> Answer:
    promise = words_of(reply.promise, field="promise", limit=300, required=False)
    if bool(promise) != bool(reply.promise_due_on):
        raise Refused("PROMISE_NEEDS_A_DATE", _("承诺要写明办什么、哪天办好，两样都要有。"), field="promise_due_on")
    if reply.promise_due_on and reply.promise_due_on < county_day(now):
        raise Refused("PAST_DATE", _("承诺的日期不能早于今天。"), field="promise_due_on")
    return Answer.objects.create(
        matter=matter,
        at=now,
        by=by.official,
        post=post,
        refusal=refusal,
        facts=words_of(reply.facts, field="facts"),
        reasons=words_of(reply.reasons, field="reasons"),
        rule=words_of(reply.rule, field="rule", limit=300),
        promise=promise,
        promise_due_on=reply.promise_due_on,
        appeal_route=words_of(reply.appeal_route, field="appeal_route", limit=300),
    )


def _copy(matter: Matter, given: Answer, *, now: datetime) -> Answer:
    """The promise stays with the main matter: it is kept, or broken, once."""
    return Answer.objects.create(
        matter=matter,
        at=now,
        by=given.by,
        post=given.post,
        refusal=given.refusal,
        facts=given.facts,
        reasons=given.reasons,
        rule=given.rule,
        appeal_route=given.appeal_route,
    )


def _answered(
    matter: Matter,
    answer: Answer,
    *,
    by: Actor,
    post: Post | None,
    now: datetime,
    counted: list[str],
    **columns: object,
) -> None:
    window = time_rule("RATE_WINDOW", on=county_day(now)).limit
    perform(
        matter,
        Act.ANSWER,
        by=by,
        post=post,
        now=now,
        goal=State.ANSWERED,
        changes={"answered_at": now, "escalated": 0, **columns, **clocks.running(Clock.RATE, start=now, limit=window)},
        answer=answer,
        counted=counted,
    )
    with sentences.in_language_of(matter):
        text = _t(
            "您反映的事情 %(number)s 已答复：%(facts)s 依据：%(rule)s。请您评价是否解决、是否满意。不服可以：%(appeal)s"
        )
        sentences.tell(matter, Act.ANSWER, text % _parts(matter, answer), now=now)


def _parts(matter: Matter, answer: Answer) -> dict[str, str]:
    return {
        "number": matter.number,
        "facts": answer.facts,
        "reasons": answer.reasons,
        "rule": answer.rule,
        "appeal": answer.appeal_route,
    }


def _follow_up_open(matter: Matter) -> bool:
    return FollowUp.objects.filter(matter=matter, rectified_at__isnull=True).exists()


def _counted(matter: Matter, now: datetime) -> list[str]:
    """A first answer is counted once, in the month it was given; for the county and for the office."""
    if matter.answered_at is not None:
        return []
    assert matter.clock_due_at is not None
    words = ["answered", "answered_on_time"] if now <= matter.clock_due_at else ["answered"]
    return tallies.monthly(matter, now, *words)
