"""What time alone brings about, looked for every few seconds. Each matter in a transaction of its own."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.contrib.sessions.models import Session

from weimin.county.actors import CLOCK
from weimin.county.sessions import SessionStore
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused

from . import clocks, journey, late, queries, side_dates, tallies, uploads
from .letters import mailbox
from .models import Attachment, Matter, Partner
from .partners import hearing, sending, wire

log = logging.getLogger(__name__)

T = TypeVar("T")
_BATCH = 200


def run_due(*, now: datetime) -> dict[str, int]:
    """Everything that is due, and how often each happened. Safe side by side: the verbs compare-and-set."""
    today = county_day(now)
    return {
        "resumed": _each(queries.pauses_over(now=now), lambda m: journey.resume_matter(m, by=CLOCK, now=now)),
        "promises_broken": _each(
            queries.promises_passed(today=today), lambda a: journey.break_promise(a, by=CLOCK, now=now)
        ),
        "closed_unrated": _each(
            queries.unrated_past_window(now=now), lambda m: journey.close_matter(m, by=CLOCK, now=now)
        ),
        "answered_merged": _each(queries.merged_waiting(), lambda m: journey.answer_merged(m, by=CLOCK, now=now)),
        "refused_merged": _each(queries.merged_refused(), lambda m: journey.refuse_merged(m, by=CLOCK, now=now)),
        "split": _each(queries.merged_stranded(), lambda m: journey.split_matter(m, by=CLOCK, now=now)),
        "chased": _each(side_dates.missed(now=now), lambda found: _chase(found, now)),
        "escalated": _each(
            queries.may_climb(now=now)[:_BATCH],
            lambda m: _climbs(m, now) and journey.escalate_matter(m, by=CLOCK, now=now),
        ),
        "reminded": _each(queries.unrated(now=now), lambda m: journey.remind_to_rate(m, by=CLOCK, now=now)),
    }


def _chase(found: side_dates.Found, now: datetime) -> Matter:
    return journey.chase_matter(found.matter, missed=found.missed, helper=found.helper, by=CLOCK, now=now)


def read_mail(*, now: datetime) -> int:
    """Take in what has come to this county's mailboxes; a mailbox that cannot be reached holds up no other."""
    read = 0
    for box in settings.MAILBOXES:
        if box.county != current_code():
            continue
        try:
            read += mailbox.poll(box, now=now)
        except Exception:  # the server is away or answers nonsense: told to the operator, tried again in a minute
            log.exception("mailbox %s could not be read", box.address)
    return read


def exchange(*, now: datetime) -> dict[str, int]:
    """Send to and hear from every partner; one that is away holds up no other, and its trouble is kept in words."""
    found = {"sent": 0, "heard": 0, "taken": 0, "away": 0}
    for partner in Partner.objects.filter(off_at__isnull=True).select_related("kind", "place").order_by("pk"):
        trouble = ""
        try:
            _exchange_with(partner, found, now)
        except wire.Away as away:
            trouble = str(away)
        except wire.Denied as denied:
            trouble = f"{denied.status} {denied.words}"
        except Exception as error:
            log.exception("the exchange with partner %s broke", partner.pk)
            trouble = type(error).__name__
        found["away"] += bool(trouble)
        good = {} if trouble else {"good_at": now}
        Partner.objects.filter(pk=partner.pk).update(tried_at=now, trouble=trouble[:300], **good)
    return found


def _exchange_with(partner: Partner, found: dict[str, int], now: datetime) -> None:
    """What is in the house first: matters are queued by the rules even while the partner is away."""
    if partner.sends:
        sending.send_by_rule(partner, now=now)
        found["sent"] += sending.send_waiting(partner, now=now)
        sending.ask_tokens(partner, now=now)
    found["heard"] += hearing.hear_updates(partner, now=now)
    if partner.takes:
        found["taken"] += hearing.take_requests(partner, now=now)


def sweep_uploads(*, now: datetime) -> int:
    """Delete the files of drafts that were never sent. Drafts are read before attachments: one sent in between is
    still found among either."""
    drafts = {
        file["sha256"]
        for session in Session.objects.filter(expire_date__gt=now).iterator()
        for file in SessionStore(session.session_key)
        .decode(session.session_data)
        .get(uploads.DRAFT, {})
        .get("files", [])
    }
    attached = set(Attachment.objects.values_list("sha256", flat=True).iterator())
    return uploads.sweep(named=drafts | attached, now=now)


def count_anew(*, now: datetime) -> dict[str, int]:
    """Count every matter anew and hold it against the running counts. Nothing is mended: the operator is told.

    Beside it the counts of hours long past are put together, which changes no sum.
    """
    wrong = tallies.differences()
    late.fold(now=now)
    for key, missing in wrong.items():
        log.error("the running count of %s is %+d off", key, -missing)
    return {"wrong": len(wrong), "matters_off": sum(abs(n) for key, n in wrong.items() if key.startswith("state:"))}


def _climbs(matter: Matter, now: datetime) -> bool:
    """Whether the next post up the line is due now; at the top of the line there is none."""
    if matter.owner is None or clocks.next_escalation(matter) > now:
        return False
    return matter.escalated < len(queries.line_above(matter.owner))


def _each(items: Iterable[T], act: Callable[[T], object]) -> int:
    done = 0
    for item in items:
        try:
            done += act(item) is not False
        except Refused as refusal:
            # Somebody acted on it a moment ago, or its office is gone: told to the operator, tried again next time.
            log.info("%s: %s", item, refusal.code)
        except Exception:  # one matter that cannot be worked on must not hold up all that come after it
            log.exception("%r was left as it was", item)
    return done
