"""What time alone brings about: escalation, reminders, recounted dates. And handing over a whole desk."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.queries import time_rule
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Office, Post
from weimin.county.queries import holder_of
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from .. import clocks, queries, sentences, side_dates, tallies
from ..models import Event, Matter
from ..states import OPEN_STATES, Act, Missed
from ._core import check, perform, words_of


@transaction.atomic
def escalate_matter(matter: Matter, *, by: Actor, now: datetime) -> Matter:
    """It is late: tell the next post up the line, on record. One step at the date, one more each ESCALATE_STEP after.

    Before: open and past its date.  After: the same state; `escalated` grows by one.  Who: the clock.
    """
    check(matter, Act.ESCALATE)
    assert matter.owner is not None and matter.clock_due_at is not None
    if now < clocks.next_escalation(matter):
        raise Refused("NOT_NOW", _("还没有到上报的时候。"))
    line = queries.line_above(matter.owner)
    if matter.escalated >= len(line):
        raise Refused("TOP_OF_LINE", _("已经报到最上一级。"))
    above = line[matter.escalated]
    late = max(1, (county_day(now) - county_day(matter.clock_due_at)).days)
    perform(
        matter,
        Act.ESCALATE,
        by=by,
        now=now,
        changes={"escalated": matter.escalated + 1},
        data={"to": above.code, "days": late, "clock": matter.clock, "owner": matter.owner.code},
        counted=tallies.monthly(matter, now, "escalated") if matter.escalated == 0 else [],
    )
    sentences.tell_holder(
        holder_of(above, now=now),
        matter,
        Act.ESCALATE,
        _t("%(number)s 已超过期限 %(days)s 天，承办岗位：%(owner)s。")
        % {"number": matter.number, "days": late, "owner": matter.owner.name},
        now=now,
    )
    return matter


@transaction.atomic
def chase_matter(matter: Matter, *, missed: Missed, helper: Office | None = None, by: Actor, now: datetime) -> Matter:
    """A side date has passed: remind who should have acted and the post above, once, on record.

    Before: DISPATCHED, HANDLED, PAUSED, or RATED with a follow-up open; the date passed and not chased yet.
    After: the same state.  Who: the clock. `helper` is the supporting office that is late.
    """
    check(matter, Act.CHASE)
    if not side_dates.is_missed(matter, missed, helper=helper, now=now):
        raise Refused("NOT_NOW", _("没有到催办的时候。"))
    data = {"missed": missed, "office": helper.code if helper else ""}
    perform(matter, Act.CHASE, by=by, now=now, words=str(missed.label), data=data)
    late = _who_is_late(matter, helper)
    for post in (late, late.superior if late else None):
        if post is not None:
            text = _t("%(number)s %(missed)s，请今天就办。") % {"number": matter.number, "missed": missed.label}
            sentences.tell_holder(holder_of(post, now=now), matter, Act.CHASE, text, now=now)
    return matter


def _who_is_late(matter: Matter, helper: Office | None) -> Post | None:
    owner, office = matter.owner, helper or matter.lead
    if office is None or (owner is not None and owner.office_id == office.pk):
        return owner
    return queries.handling_post(office)


@transaction.atomic
def remind_to_rate(matter: Matter, *, by: Actor, now: datetime) -> bool:
    """Remind the resident once that the county waits for their word.

    Before: ANSWERED, past rule RATE_REMINDER.  After: the same; at most one reminder an answer.  Who: the clock.
    """
    if matter.resident is None or matter.answered_at is None:
        return False
    rule = time_rule("RATE_REMINDER", on=county_day(matter.answered_at))
    if now < clocks.due(matter.answered_at, rule.limit).due:
        return False
    if Event.objects.filter(matter=matter, act=Act.NOTE, at__gte=matter.answered_at, data__reminder=True).exists():
        return False
    perform(matter, Act.NOTE, by=by, now=now, internal=True, data={"reminder": True})
    with sentences.in_language_of(matter):
        text = _t("您反映的事情 %(number)s 已经答复，请您说一声解决了没有、满意不满意。") % {"number": matter.number}
        sentences.tell(matter, Act.RATE, text, now=now)
    return True


@transaction.atomic
def recompute_clock(matter: Matter, *, by: Actor, now: datetime) -> Matter:
    """The official calendar of a year has been entered: count the date anew.

    Before: open.  After: the same state, the date as the calendar now makes it (provisional for a later year).
    Who: the clock, or who keeps the rules (CONFIGURE).
    """
    check(matter, Act.RECOMPUTE)
    before = matter.clock_due_at
    post = None if by.kind == "clock" else by.post_for(Duty.CONFIGURE)
    columns = clocks.restated(matter)
    perform(
        matter,
        Act.RECOMPUTE,
        by=by,
        post=post,
        now=now,
        changes=columns,
        data={"from": before.isoformat() if before else "", "to": columns["clock_due_at"].isoformat()},
    )
    return matter


@transaction.atomic
def hand_over_desk(giver: Post, *, receiver: Post, reason: str, by: Actor, now: datetime) -> list[str]:
    """Hand over everything a post owns in one act: nothing orphaned, all listed.

    Before: any number of open matters owned by `giver`.  After: `receiver` owns them all; one ledger entry lists them.
    Who: a post that approves (APPROVE) in the giver's office or above it, or keeps the rules (CONFIGURE).
    """
    post = _may_hand_over(giver, by)
    if receiver.pk == giver.pk or receiver.retired_on is not None:
        raise Refused("UNKNOWN_POST", _("请选另一个在用的岗位接手。"), field="receiver")
    reason = words_of(reason, field="reason", limit=500)
    matters = list(Matter.objects.filter(owner=giver, state__in=OPEN_STATES).order_by("pk"))
    numbers = [matter.number for matter in matters]
    who = by.word(post)
    entry = record(
        what="post.hand_over",
        about=f"post:{giver.code}",
        by=who,
        at=now,
        content={"from": giver.code, "to": receiver.code, "matters": numbers, "reason": reason},
    )
    events = [
        Event(
            matter=m,
            act=Act.HAND_OVER,
            at=now,
            by_kind=by.kind,
            post=post,
            official=by.official,
            from_state=m.state,
            to_state=m.state,
            words=reason,
            data={"from": giver.code, "to": receiver.code},
            salt=entry.salt,
        )
        for m in matters
    ]
    for matter in matters:
        _give(matter, giver, receiver, now)
    Event.objects.bulk_create(events)
    return numbers


def _give(matter: Matter, giver: Post, receiver: Post, now: datetime) -> None:
    moved = Matter.objects.filter(pk=matter.pk, version=matter.version, owner=giver).update_by_verb(
        owner=receiver, version=matter.version + 1, changed_at=now
    )
    if not moved:
        raise Refused("MOVED_ON", _("移交时有事情刚被处理，没有移交任何一件，请再做一次。"))
    tallies.change(less=[f"owner:{giver.pk}"], more=[f"owner:{receiver.pk}"])


def _may_hand_over(giver: Post, by: Actor) -> Post:
    line = {post.pk for post in queries.line_above(giver)}
    for post in by.posts_with(Duty.APPROVE):
        if post.pk in line or post.office_id == giver.office_id:
            return post
    return by.post_for(Duty.CONFIGURE)
