"""Step 6 and after: the resident's rating, the follow-up, reopening, closing, independent call-backs."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.queries import answer_limit, time_rule
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Post
from weimin.county.queries import holder_of
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused

from .. import clocks, queries, sentences, tallies
from ..models import Answer, Callback, FollowUp, Matter, Rating
from ..states import Act, Clock, Grade, Resolved, State
from ._core import check, only_resident, perform, words_of

LOWEST_CONTENT_GRADE = Grade.FAIRLY_SATISFIED  # the two grades below it open a follow-up


@transaction.atomic
def rate_matter(
    matter: Matter, *, grade: Grade, resolved: Resolved, words: str = "", by: Actor, now: datetime
) -> Rating:
    """Step 6 of 7: the resident says whether it is solved, and how satisfied they are.

    Before: ANSWERED, within the rating window.
    After: RATED. A dissatisfied grade opens a follow-up: contact, reply and rectify, each by its rule's date.
    Who: the resident alone.
    """
    check(matter, Act.RATE, State.RATED)
    only_resident(by)
    answer = queries.latest_answer(matter)
    assert answer is not None and matter.owner is not None
    rating = Rating.objects.create(
        matter=matter,
        answer=answer,
        at=now,
        grade=grade,
        resolved=resolved,
        words=words_of(words, field="words", limit=1000, required=False),
    )
    content = grade >= LOWEST_CONTENT_GRADE
    day = county_day(now)
    rule = time_rule("PUBLISH" if content else "RECTIFY", on=day)
    owner = (queries.post_for_duty(Duty.PUBLISH, matter.place) or matter.owner) if content else matter.owner
    clock = clocks.running(Clock.PUBLISH if content else Clock.RECTIFY, start=now, limit=rule.limit)
    perform(
        matter,
        Act.RATE,
        by=by,
        now=now,
        goal=State.RATED,
        changes={"owner": owner, "escalated": 0, **clock},
        words=rating.words,
        data={"grade": int(grade), "resolved": resolved},
        counted=_rated(matter, rating, now),
    )
    if not content:
        _open_follow_up(rating, matter, now)
    return rating


def _rated(matter: Matter, rating: Rating, now: datetime) -> list[str]:
    words = ["rated"]
    if rating.grade >= LOWEST_CONTENT_GRADE:
        words.append("satisfied")
    if rating.resolved == Resolved.YES:
        words.append("resolved")
    return tallies.monthly(matter, now, *words)


def _open_follow_up(rating: Rating, matter: Matter, now: datetime) -> None:
    day = county_day(now)
    FollowUp.objects.create(
        rating=rating,
        matter=matter,
        contact_due_at=clocks.due(now, time_rule("FOLLOW_UP_CONTACT", on=day).limit).due,
        reply_due_at=clocks.due(now, time_rule("FOLLOW_UP_REPLY", on=day).limit).due,
        rectify_due_at=clocks.due(now, time_rule("RECTIFY", on=day).limit).due,
    )
    assert matter.owner is not None
    sentences.tell_holder(
        holder_of(matter.owner, now=now),
        matter,
        Act.RATE,
        _t("%(number)s 居民不满意，请先联系，再整改并重新答复。") % {"number": matter.number},
        now=now,
    )


@transaction.atomic
def close_matter(matter: Matter, *, reason: str = "", by: Actor, now: datetime) -> Matter:
    """Nothing more is owed: the rating window passed, or the publisher found a reason not to publish.

    Before: ANSWERED past its window, or RATED without an open follow-up.  After: CLOSED.
    Who: the clock from ANSWERED; from RATED a post that publishes (PUBLISH), with a reason.
    """
    check(matter, Act.CLOSE, State.CLOSED)
    post: Post | None = None
    if matter.state == State.ANSWERED:
        if by.kind != "clock":
            raise Refused("NOT_NOW", _("评价期没有过，不能代居民结束。"))
        assert matter.clock_due_at is not None
        if now <= matter.clock_due_at:
            raise Refused("NOT_NOW", _("评价期还没有过。"))
    else:
        post = by.post_for(Duty.PUBLISH, place_code=matter.place_code)
        reason = words_of(reason, field="reason", limit=300)
        if FollowUp.objects.filter(matter=matter, rectified_at__isnull=True).exists():
            raise Refused("FOLLOW_UP_OPEN", _("居民不满意，整改还没有完成，不能办结。"))
    perform(
        matter,
        Act.CLOSE,
        by=by,
        post=post,
        now=now,
        goal=State.CLOSED,
        changes={**clocks.STOPPED, "owner": None},
        words=reason,
        data={"unrated": post is None},
        undoable=post is not None,
        counted=tallies.monthly(matter, now, "unrated") if post is None else [],
    )
    return matter


@transaction.atomic
def reopen_matter(matter: Matter, *, reason: str, by: Actor, now: datetime) -> Matter:
    """Handle it again: the resident says it is not solved, or a promise passed unkept.

    Before: ANSWERED, RATED, CLOSED or PUBLISHED, within the limit of rule REOPEN_WINDOW after the answer.
    After: HANDLED by the same office, with a fresh answer clock.
    Who: the resident; the clock for a broken promise.
    """
    check(matter, Act.REOPEN, State.HANDLED)
    if by.kind != "clock":
        only_resident(by)
        assert matter.answered_at is not None
        window = time_rule("REOPEN_WINDOW", on=county_day(matter.answered_at)).limit
        if now > clocks.due(matter.answered_at, window).due:
            raise Refused(
                "TOO_LATE_TO_REOPEN",
                _("答复已过 %(limit)s，请作为新的事情反映，我们会对照以前的记录。")
                % {"limit": window.words(get_language() or "zh-hans")},
            )
    answer = queries.latest_answer(matter)
    owner = answer.post if answer and answer.post else matter.owner
    if owner is None or matter.lead_id is None:
        raise Refused("NOT_NOW", _("这件事没有承办单位，不能直接重办，请申请复查。"))
    FollowUp.objects.filter(matter=matter, rectified_at__isnull=True).update(rectified_at=now)
    perform(
        matter,
        Act.REOPEN,
        by=by,
        now=now,
        goal=State.HANDLED,
        changes={
            "owner": owner,
            "reopened": matter.reopened + 1,
            "escalated": 0,
            **clocks.running(Clock.ANSWER, start=now, limit=answer_limit(matter.kind, matter.urgency)),
        },
        words=words_of(reason, field="reason", limit=1000),
        counted=tallies.monthly(matter, now, "reopened"),
    )
    sentences.tell_holder(
        holder_of(owner, now=now),
        matter,
        Act.REOPEN,
        _t("%(number)s 重新办理：%(reason)s") % {"number": matter.number, "reason": reason},
        now=now,
    )
    return matter


@transaction.atomic
def break_promise(answer: Answer, *, by: Actor, now: datetime) -> Matter:
    """A promise passed its day unkept: the matter reopens by itself.

    Before: ANSWERED, RATED, CLOSED or PUBLISHED, the promise past its date.  After: HANDLED.  Who: the clock.
    """
    matter = answer.matter
    passed = queries.promises_open().filter(pk=answer.pk, promise_due_on__lt=county_day(now))
    marked = passed.update(promise_broken_at=now)
    if not marked:
        raise Refused("NO_PROMISE", _("这个答复没有逾期未兑现的承诺。"))
    with sentences.in_language_of(matter):
        text = _t("承诺“%(promise)s”到期没有兑现，这件事自动重新办理。") % {"promise": answer.promise}
        reopen_matter(matter, reason=text, by=by, now=now)
        sentences.tell(matter, Act.REOPEN, text, now=now)
    return matter


@transaction.atomic
def call_back(
    matter: Matter,
    *,
    reached: bool,
    resolved: Resolved | None = None,
    satisfied: bool | None = None,
    words: str = "",
    by: Actor,
    now: datetime,
) -> Callback:
    """Ask the resident independently how it went.

    Before: ANSWERED, RATED, CLOSED or PUBLISHED.  After: the same state.
    Who: a post that calls back (CALL_BACK), outside the handling office.
    """
    check(matter, Act.CALL_BACK)
    post = by.post_for(Duty.CALL_BACK, place_code=matter.place_code)
    if post.office_id == matter.lead_id:
        raise Refused("OWN_OFFICE", _("承办单位不能回访自己办的事，请由受理中心回访。"))
    if reached and (resolved is None or satisfied is None):
        raise Refused("INCOMPLETE", _("接通了就要记下是否解决、是否满意。"), field="resolved")
    assert by.official is not None
    callback = Callback.objects.create(
        matter=matter,
        at=now,
        by=by.official,
        post=post,
        reached=reached,
        resolved=(resolved or "") if reached else "",
        satisfied=satisfied if reached else None,
        words=words_of(words, field="words", limit=1000, required=False),
    )
    perform(
        matter,
        Act.CALL_BACK,
        by=by,
        post=post,
        now=now,
        words=callback.words,
        data={"reached": reached, "resolved": callback.resolved, "satisfied": callback.satisfied},
        counted=tallies.monthly(matter, now, *_heard(callback)),
    )
    return callback


def _heard(callback: Callback) -> list[str]:
    """What a call-back counts as. Non-response is counted too: a rate without its answer rate means nothing."""
    if not callback.reached:
        return ["not_reached"]
    words = ["called_back"]
    if callback.satisfied:
        words.append("callback_satisfied")
    if callback.resolved == Resolved.YES:
        words.append("callback_resolved")
    return words
