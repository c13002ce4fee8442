"""Sending what waits. At least once: a worker killed in between sends it again, under the same message id."""

import logging
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db.models import F, Q

from weimin.kernel.signatures import sign
from weimin.notices.carriers.posting import NotSent, Unsure, post
from weimin.notices.carriers.reach import may_reach

from . import queries, services
from .models import Delivery, Endpoint
from .schedule import next_try
from .states import Off, Progress

log = logging.getLogger(__name__)

_BATCH = 100
_CLAIM = timedelta(minutes=5)  # longer than any answer may take; then another worker may try
_REST = timedelta(minutes=1)  # an endpoint that does not answer costs one wait a minute, not one an event
_PATIENCE = 10  # seconds a round may spend on one endpoint
_ROUND = 30  # and on all of them: text messages wait behind us
_GONE = 410
KEPT, DEAD_KEPT = timedelta(days=30), timedelta(days=90)


def send_events(*, now: datetime) -> dict[str, int]:
    """Send what is due, the endpoint that was asked longest ago first; how many came and how many did not."""
    found = {"delivered": 0, "failed": 0}
    awake = Q(rests_until__isnull=True) | Q(rests_until__lte=now)
    began = monotonic()
    for endpoint in Endpoint.objects.filter(awake, off_at__isnull=True).order_by(F("asked_at").asc(nulls_first=True)):
        if monotonic() - began > _ROUND:
            break
        endpoint.rests_until = None  # it has rested
        _send_to(endpoint, found, now)
    return found


def _send_to(endpoint: Endpoint, found: dict[str, int], now: datetime) -> None:
    began = monotonic()
    for delivery in queries.due(endpoint, now=now)[:_BATCH]:
        if endpoint.off_at is not None or endpoint.rests_until or monotonic() - began > _PATIENCE:
            return
        delivery.endpoint = endpoint
        try:
            came = _send_one(delivery, now)
        except Exception:  # it is tried again when its claim ends; the others are sent
            log.exception("webhook delivery %s", delivery.pk)
            continue
        if came is not None:
            found["delivered" if came else "failed"] += 1


def _send_one(delivery: Delivery, now: datetime) -> bool | None:
    """Claimed by compare-and-set, so two workers do not send one at the same time; None if another has it."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=Progress.QUEUED, next_at=delivery.next_at)
    if not mine.update(next_at=now + _CLAIM, attempts=F("attempts") + 1):
        return None
    delivery.attempts += 1
    Endpoint.objects.filter(pk=delivery.endpoint_id).update(asked_at=now)
    said = _said_to(delivery, now)
    delivery.tries = [*delivery.tries, [now.isoformat(timespec="seconds"), said]]
    if said.isdigit() and 200 <= int(said) < 300:
        _came(delivery, now)
        return True
    log.warning(
        "webhook %s to endpoint %s, try %s: %s", delivery.message_id, delivery.endpoint_id, delivery.attempts, said
    )
    _failed(delivery, said, now)
    return False


def _said_to(delivery: Delivery, now: datetime) -> str:
    """The status of the answer, or the kind of trouble; never the receiver's own words."""
    endpoint, body = delivery.endpoint, delivery.body.encode()
    signed = sign(endpoint.secret, message_id=delivery.message_id, at=now, body=body)
    if endpoint.old_until is not None and now < endpoint.old_until:
        old = sign(endpoint.old_secret, message_id=delivery.message_id, at=now, body=body)
        signed["webhook-signature"] += " " + old["webhook-signature"]
    headers = {"Content-Type": "application/json", "User-Agent": "Weimin-Webhooks", **signed}
    try:
        answer = post(endpoint.url, body, headers=headers, seconds=settings.CARRIER_SECONDS, may=may_reach)
    except NotSent as trouble:
        return f"no connection ({type(trouble.__cause__).__name__})"
    except Unsure as trouble:
        return f"no answer ({type(trouble.__cause__).__name__})"
    return str(answer.status)


def _came(delivery: Delivery, now: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Progress.DELIVERED, delivered_at=now, tries=delivery.tries, next_at=now
    )
    Endpoint.objects.filter(pk=delivery.endpoint_id).update(good_at=now, rests_until=None)
    delivery.endpoint.good_at = now


def _failed(delivery: Delivery, said: str, now: datetime) -> None:
    """Tried again by the schedule, else a dead letter. With the last try of an event that was written after the last
    success, the endpoint is given up."""
    endpoint, again = delivery.endpoint, next_try(delivery.message_id, attempts=delivery.attempts, now=now)
    Delivery.objects.filter(pk=delivery.pk, state=Progress.QUEUED).update(
        state=Progress.DEAD if again is None else Progress.QUEUED, next_at=again or now, tries=delivery.tries
    )
    silent = again is None and (endpoint.good_at is None or endpoint.good_at < delivery.at)
    if said == str(_GONE) or silent:
        services.give_up(endpoint, why=Off.SILENT if silent else Off.GONE, now=now)
    elif not said.isdigit():
        endpoint.rests_until = now + _REST
        Endpoint.objects.filter(pk=endpoint.pk).update(rests_until=endpoint.rests_until)


def forget_events(*, now: datetime) -> dict[str, int]:
    """What came a month ago and what was dead a quarter ago; secrets whose time is over."""
    old = Q(state=Progress.DELIVERED, at__lte=now - KEPT) | Q(state=Progress.DEAD, at__lte=now - DEAD_KEPT)
    gone, _each = Delivery.objects.filter(old).delete()
    Endpoint.objects.filter(old_until__lte=now).update(old_secret="", old_until=None)
    return {"events": gone}
