"""Sending what waits in the outbox. Each message is claimed by compare-and-set: two workers never send one twice."""

import logging
from datetime import datetime, timedelta

from django.db.models import Q

from weimin.kernel.failpoint import failpoint

from .carriers import Carrier, Fate, Outcome, carriers_for
from .models import Notice
from .services import without_reach
from .states import Delivery

log = logging.getLogger(__name__)

_BATCH = 200
_TRIES = 6
_FIRST_WAIT = timedelta(minutes=1)  # doubled after each failure
_LONGEST_WAIT = 60  # times the first
_GIVE_UP = timedelta(days=1)  # a gateway that is down for an afternoon loses nothing


def deliver(*, now: datetime) -> int:
    """Send what is due; returns how many messages left the house."""
    # what a fast clock wrote before it was put back would wait until that hour comes again
    written_ahead = Q(created_at__gt=now, attempts=0)
    due = Notice.objects.filter(Q(send_after__lte=now) | written_ahead, state=Delivery.QUEUED)
    due = due.select_related("resident", "official")
    left = 0
    resting: set[str] = set()  # a carrier that did not answer costs one wait and one doubt a round, not one a message
    for notice in due.order_by("send_after", "pk")[:_BATCH]:
        try:
            left += _deliver_one(notice, resting, now)
        except Exception:  # whether it left the house is not known: it stays UNCERTAIN, and the others are sent
            log.exception("notice %s", notice.pk)
    return left


def _deliver_one(notice: Notice, resting: set[str], now: datetime) -> bool:
    """Claimed first: a worker killed in between leaves it UNCERTAIN, never sent twice in silence."""
    carriers = [carrier for carrier in carriers_for(notice.channel) if carrier.name not in resting]
    if not carriers:
        return False
    claimed = Notice.objects.filter(pk=notice.pk, state=Delivery.QUEUED, attempts=notice.attempts).update(
        state=Delivery.UNCERTAIN, attempts=notice.attempts + 1, sent_at=now
    )
    if not claimed:
        return False
    failpoint("outbox_claimed")
    return _hand_over(notice, carriers, resting, now)


def _hand_over(notice: Notice, carriers: list[Carrier], resting: set[str], now: datetime) -> bool:
    """The next carrier is asked only if the one before surely has not taken it."""
    outcome = Outcome(Fate.UNKNOWN)
    for carrier in carriers:
        outcome = carrier.send(notice, now=now)
        if outcome.fate is not Fate.TAKEN:
            log.warning("notice %s by %s: %s, %s", notice.pk, carrier.name, outcome.fate.value, outcome.why)
        if outcome.fate is Fate.UNKNOWN:
            resting.add(carrier.name)
        if outcome.fate is not Fate.NOT_TAKEN:
            failpoint("outbox_sent")
            _keep(notice, outcome, carrier=carrier.name)
            return outcome.fate is Fate.TAKEN
        resting.add(carrier.name)
    _try_again(notice, outcome.why, now)
    return False


def _keep(notice: Notice, outcome: Outcome, *, carrier: str) -> None:
    """A report that came while we were still waiting for the answer is not overwritten."""
    goal = {Fate.TAKEN: Delivery.SENT, Fate.REFUSED: Delivery.FAILED}.get(outcome.fate, Delivery.UNCERTAIN)
    Notice.objects.filter(pk=notice.pk, state=Delivery.UNCERTAIN).update(
        state=goal, carrier=carrier[:80], reference=outcome.reference, trouble=without_reach(outcome.why)[:200]
    )


def _try_again(notice: Notice, why: str, now: datetime) -> None:
    attempts = notice.attempts + 1
    given_up = attempts >= _TRIES and now - notice.created_at >= _GIVE_UP
    Notice.objects.filter(pk=notice.pk, state=Delivery.UNCERTAIN).update(
        state=Delivery.FAILED if given_up else Delivery.QUEUED,
        send_after=now + _FIRST_WAIT * min(2**notice.attempts, _LONGEST_WAIT),
        sent_at=None,
        trouble=without_reach(why)[:200],
    )
