"""Asking a higher post to look again: review (复查), then re-review (复核), then final."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.queries import answer_limit, time_rule
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused

from .. import clocks, queries, sentences
from ..models import Appeal, FollowUp, Matter
from ..states import Act, Clock, State
from ._core import check, only_resident, perform, words_of

# Round → the rules for asking and for deciding. Source: 信访工作条例 35 and 36.
ROUNDS = {1: ("REVIEW_ASK", "REVIEW_DECIDE"), 2: ("REREVIEW_ASK", "REREVIEW_DECIDE")}


@transaction.atomic
def appeal_matter(matter: Matter, *, words: str, by: Actor, now: datetime) -> Appeal:
    """The resident asks for a review, or after it for a re-review.

    Before: ANSWERED, RATED, CLOSED, PUBLISHED or REFUSED, within 30 days of the answer or of the review's decision.
    After: APPEALED; a reviewing post owns it and its 30 days run.  Who: the resident alone.
    """
    check(matter, Act.APPEAL, State.APPEALED)
    only_resident(by)
    number = matter.appeal_round + 1
    if number not in ROUNDS:
        raise Refused("FINAL", _("复查、复核都已作出决定，按规定这是最终结论。有新的事实，可以作为新的事情反映。"))
    ask, decide = ROUNDS[number]
    since = _since(matter)
    asked_by = time_rule(ask, on=county_day(since)).limit
    if now > clocks.due(since, asked_by).due:
        raise Refused(
            "TOO_LATE_TO_APPEAL", _("申请复查的期限已过。有新的事实，可以作为新的事情反映，我们会对照以前的记录。")
        )
    reviewer = queries.post_for_duty(Duty.REVIEW, matter.place)
    if reviewer is None:
        raise Refused("NO_POST", _("还没有安排复查岗位，请拨打县热线，我们马上补上。"))
    words = words_of(words, field="words", limit=2000)
    appeal = Appeal.objects.create(matter=matter, round=number, asked_at=now, words=words)
    FollowUp.objects.filter(matter=matter, rectified_at__isnull=True).update(rectified_at=now)
    limit = time_rule(decide, on=county_day(now)).limit
    perform(
        matter,
        Act.APPEAL,
        by=by,
        now=now,
        goal=State.APPEALED,
        changes={
            "owner": reviewer,
            "appeal_round": number,
            "escalated": 0,
            **clocks.running(Clock.REVIEW, start=now, limit=limit),
        },
        words=words,
        data={"round": number},
    )
    return appeal


@transaction.atomic
def decide_appeal(
    matter: Matter, *, outcome: Appeal.Outcome, facts: str, reasons: str, rule: str, by: Actor, now: datetime
) -> Appeal:
    """Decide a review or re-review, in writing, with facts, reasons and rule.

    Before: APPEALED.  After: CLOSED if upheld; HANDLED again, or CLASSIFIED where no office had it, if set aside.
    Who: a post that reviews (REVIEW), outside the office whose answer it is.
    """
    appeal = Appeal.objects.filter(matter=matter, decided_at__isnull=True).first()
    goal = _goal(matter, outcome)
    check(matter, Act.DECIDE, goal)
    assert appeal is not None
    post = by.post_for(Duty.REVIEW, place_code=matter.place_code)
    if post.office_id == matter.lead_id:
        raise Refused("OWN_OFFICE", _("作出答复的单位不能复查自己的答复。"))
    appeal.decided_at, appeal.decided_by, appeal.post, appeal.outcome = now, by.official, post, outcome
    appeal.facts = words_of(facts, field="facts")
    appeal.reasons = words_of(reasons, field="reasons")
    appeal.rule = words_of(rule, field="rule", limit=300)
    appeal.save()
    perform(
        matter,
        Act.DECIDE,
        by=by,
        post=post,
        now=now,
        goal=goal,
        changes=_after(matter, goal, now),
        words=appeal.reasons,
        data={"round": appeal.round, "outcome": outcome, "facts": appeal.facts, "rule": appeal.rule},
    )
    _tell_decision(matter, appeal, now)
    return appeal


def _tell_decision(matter: Matter, appeal: Appeal, now: datetime) -> None:
    with sentences.in_language_of(matter):
        if matter.state != State.CLOSED:
            following = _t("我们会重新办理。")
        elif appeal.round == max(ROUNDS):
            following = _t("这是最终结论。")
        else:
            following = _t("仍不服的，可在 30 日内申请复核。")
        parts = {
            "number": matter.number,
            "outcome": Appeal.Outcome(appeal.outcome).label,
            "reasons": appeal.reasons,
            "rule": appeal.rule,
            "next": following,
        }
        text = _t("您申请复查的 %(number)s 已有决定：%(outcome)s。理由：%(reasons)s 依据：%(rule)s。%(next)s")
        sentences.tell(matter, Act.DECIDE, text % parts, now=now)


def _since(matter: Matter) -> datetime:
    """The 30 days to ask run from the latest word: the answer, or the review's decision on it."""
    decided = Appeal.objects.filter(matter=matter, decided_at__isnull=False).order_by("-round").first()
    words = (matter.answered_at, decided.decided_at if decided else None)
    return max(moment for moment in words if moment is not None)


def _goal(matter: Matter, outcome: Appeal.Outcome) -> State:
    if outcome == Appeal.Outcome.UPHELD:
        return State.CLOSED
    return State.HANDLED if matter.lead_id else State.CLASSIFIED


def _after(matter: Matter, goal: State, now: datetime) -> dict[str, object]:
    if goal == State.CLOSED:
        return {**clocks.STOPPED, "owner": None}
    answer = queries.latest_answer(matter)
    owner = answer.post if goal == State.HANDLED and answer and answer.post else matter.taken_by
    return {
        "owner": owner,
        "escalated": 0,
        **clocks.running(Clock.ANSWER, start=now, limit=answer_limit(matter.kind, matter.urgency)),
    }
