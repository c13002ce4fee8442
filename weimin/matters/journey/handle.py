"""While it is being handled: contact, notes, helpers' replies, pauses, the one extension."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.queries import time_rule
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Post
from weimin.kernel.clock import county_day
from weimin.kernel.limits import Limit
from weimin.kernel.refusal import Refused

from .. import clocks, queries, sentences, tallies
from ..models import Contact, FollowUp, Matter
from ..states import Act, Clock, ContactOutcome, PauseReason, State
from ..uploads import Upload
from ._core import check, perform, words_of
from ._files import attach


@transaction.atomic
def contact_resident(
    matter: Matter, *, at: datetime, channel: str, outcome: ContactOutcome, words: str, by: Actor, now: datetime
) -> Contact:
    """Log an attempt to reach the resident. Attempts count only if they are logged.

    Before: open.  After: the same state; the first time they are reached stops the contact clock.
    Who: a handling post of the lead office (HANDLE), or one that takes in (TAKE_IN): before an office leads, and
    afterwards where the name is hidden from it.
    """
    check(matter, Act.CONTACT)
    post = _who_may_call(matter, by)
    if at > now:
        raise Refused("FUTURE", _("联系时间不能晚于现在。"), field="at")
    # Clerks write minutes: a call in the minute of receipt is none before it.
    if at < matter.received_at.replace(second=0, microsecond=0):
        raise Refused("TOO_EARLY", _("联系时间不能早于收到反映的时间。"), field="at")
    assert by.official is not None
    words = words_of(words, field="words", limit=1000, required=False)
    contact = Contact.objects.create(
        matter=matter,
        at=at,
        by=by.official,
        post=post,
        channel=channel[:8],
        outcome=outcome,
        recorded_at=now,
    )
    reached = outcome == ContactOutcome.REACHED
    first = reached and matter.contacted_at is None
    in_time = first and matter.contact_due_at is not None and at <= matter.contact_due_at
    perform(
        matter,
        Act.CONTACT,
        by=by,
        post=post,
        now=now,
        changes={"contacted_at": at} if first else {},
        words=words,
        data={"outcome": outcome, "at": at.isoformat(), "channel": contact.channel},
        counted=tallies.monthly(matter, now, "contacted_in_time") if in_time else [],
    )
    if reached:
        FollowUp.objects.filter(matter=matter, contacted_at__isnull=True).update(contacted_at=at)
    return contact


def _who_may_call(matter: Matter, by: Actor) -> Post:
    if matter.lead_id is not None and by.has(Duty.HANDLE):
        return by.post_for(Duty.HANDLE, office_id=matter.lead_id)
    return by.post_for(Duty.TAKE_IN, place_code=matter.place_code)


@transaction.atomic
def add_note(
    matter: Matter,
    *,
    words: str,
    internal: bool = False,
    uploads: tuple[Upload, ...] = (),
    by: Actor,
    now: datetime,
) -> Matter:
    """Add words or photos. A resident's are never internal.

    Before: any state but WITHDRAWN.  After: the same state.
    Who: the resident; an official who sees the matter through its place or office, and does more than audit; or the
    clock, for words whose sender is not known to be the resident.
    """
    check(matter, Act.NOTE)
    post = None
    if by.kind == "official":
        if not queries.visible_to(by).filter(pk=matter.pk).exists():
            raise Refused("NOT_YOUR_DUTY", _("这件事不在您的岗位范围内。"))
        if by.duties <= {Duty.AUDIT}:
            raise Refused("NOT_YOUR_DUTY", _("审计岗位只看不改。"))
        post = by.posts[0]
    words = words_of(words, field="words", limit=2000, required=not uploads)
    event = perform(
        matter,
        Act.NOTE,
        by=by,
        post=post,
        now=now,
        words=words,
        data={"files": [upload.sha256 for upload in uploads]},
        internal=internal and by.kind != "resident",
    )
    attach(matter, uploads=uploads, event_id=event.pk, by=by, now=now)
    return matter


@transaction.atomic
def report_support(matter: Matter, *, report: str, by: Actor, now: datetime) -> Matter:
    """A supporting office says what it did. Its own clock stops.

    Before: DISPATCHED, HANDLED or PAUSED, with an open request to the office.  After: the same state.
    Who: a handling post of the supporting office (HANDLE).
    """
    check(matter, Act.SUPPORT)
    by.post_for(Duty.HANDLE)  # whoever handles nothing is told so, before who was asked
    report = words_of(report, field="report", limit=2000)
    for post in by.posts_with(Duty.HANDLE):
        asked = queries.supports_open().filter(matter=matter, office_id=post.office_id)
        done = asked.update(done_at=now, report=report)
        if done:
            perform(matter, Act.SUPPORT, by=by, post=post, now=now, words=report, data={"office": post.office.code})
            return matter
    raise Refused("NOT_ASKED", _("没有请您的单位协办这件事，或者您已经回复过了。"))


@transaction.atomic
def pause_matter(matter: Matter, *, reason: PauseReason, words: str, limit: Limit, by: Actor, now: datetime) -> Matter:
    """Let the answer clock stand for a listed reason; a clock of the pause itself runs instead.

    Before: HANDLED.  After: PAUSED, until `resume_matter`, by hand or when the time named is over.
    Who: a handling post of the lead office (HANDLE). Source: administrative licensing law 45 and its like.
    """
    check(matter, Act.PAUSE, State.PAUSED)
    post = by.post_for(Duty.HANDLE, office_id=matter.lead_id)
    words = words_of(words, field="words", limit=1000)
    most = time_rule("PAUSE_MAX", on=county_day(now)).limit
    ends = clocks.due(now, limit).due
    if ends > clocks.due(now, most).due:
        raise Refused(
            "PAUSE_TOO_LONG",
            _("一次暂停最长 %(limit)s。") % {"limit": most.words(get_language() or "zh-hans")},
            field="limit",
        )
    perform(
        matter,
        Act.PAUSE,
        by=by,
        post=post,
        now=now,
        goal=State.PAUSED,
        changes=clocks.running(Clock.PAUSE, start=now, limit=limit, waiting=clocks.set_aside(matter))
        | {"clock_pauses": []},
        words=words,
        data={"reason": reason, "until": ends.isoformat()},
    )
    with sentences.in_language_of(matter):
        text = _t("您反映的事情 %(number)s 暂停计时：%(reason)s。%(words)s 最迟 %(day)s 恢复办理。")
        sentences.tell(
            matter,
            Act.PAUSE,
            text % {"number": matter.number, "reason": reason.label, "words": words, "day": sentences.day(ends, now)},
            now=now,
        )
    return matter


@transaction.atomic
def resume_matter(matter: Matter, *, words: str = "", by: Actor, now: datetime) -> Matter:
    """The answer clock runs again, with the pause left out.

    Before: PAUSED.  After: HANDLED.  Who: a handling post of the lead office (HANDLE), or the clock.
    """
    check(matter, Act.RESUME, State.HANDLED)
    post = None if by.kind == "clock" else by.post_for(Duty.HANDLE, office_id=matter.lead_id)
    assert matter.clock_waiting is not None and matter.clock_started_at is not None
    reason = matter.events.filter(act=Act.PAUSE).order_by("-pk").values_list("data__reason", flat=True).first()
    perform(
        matter,
        Act.RESUME,
        by=by,
        post=post,
        now=now,
        goal=State.HANDLED,
        changes=clocks.taken_up(
            matter.clock_waiting,
            paused_from=matter.clock_started_at,
            paused_to=now,
            reason=reason or PauseReason.THIRD_PARTY,
        ),
        undoable=by.kind == "official",
        words=words_of(words, field="words", limit=1000, required=False),
    )
    return matter


@transaction.atomic
def extend_matter(matter: Matter, *, reason: str, limit: Limit | None = None, by: Actor, now: datetime) -> Matter:
    """Extend once, before the date, with the approval of a post above the handler; the resident is told why.

    Before: HANDLED, not yet due, not yet extended.  After: HANDLED with the later date.
    Who: a post above the owner's in the line of posts that may approve (APPROVE).
    """
    check(matter, Act.EXTEND)
    assert matter.owner is not None and matter.clock_due_at is not None
    post = _approver(matter.owner, by)
    reason = words_of(reason, field="reason", limit=1000)
    most = time_rule("EXTEND", on=county_day(now)).limit
    limit = limit or most
    if matter.clock_extension:
        raise Refused("EXTENDED_ALREADY", _("已经延期过一次，不能再延。请按期答复，把还在做的事写成承诺。"))
    if now > matter.clock_due_at:
        raise Refused("PAST_DUE", _("已经超过期限，不能再延期。请尽快答复，并说明迟延的原因。"))
    if clocks.due(now, limit).due > clocks.due(now, most).due:
        raise Refused(
            "EXTENSION_TOO_LONG",
            _("最多延长 %(limit)s。") % {"limit": most.words(get_language() or "zh-hans")},
            field="limit",
        )
    perform(
        matter,
        Act.EXTEND,
        by=by,
        post=post,
        now=now,
        changes=clocks.restated(matter, extension=str(limit)),
        words=reason,
        data={"limit": str(limit), "approver": post.code},
    )
    with sentences.in_language_of(matter):
        text = _t("您反映的事情 %(number)s 需要延期到 %(day)s。原因：%(reason)s")
        sentences.tell(
            matter,
            Act.EXTEND,
            text % {"number": matter.number, "day": sentences.day(matter.clock_due_at, now), "reason": reason},
            now=now,
        )
    return matter


def _approver(owner: Post, by: Actor) -> Post:
    above = {post.pk for post in queries.line_above(owner)}
    for post in by.posts_with(Duty.APPROVE):
        if post.pk in above:
            return post
    raise Refused("NOT_ABOVE", _("延期要由承办岗位的上级审批，不能自己批自己的。"))
