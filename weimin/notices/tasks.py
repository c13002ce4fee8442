"""Sending what waits in the outbox. Each message is claimed by compare-and-set: two workers never send one twice."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from weimin.kernel.chosen import current_code
from weimin.kernel.clock import COUNTY_TIME
from weimin.kernel.failpoint import failpoint

from .models import Notice
from .states import Delivery

log = logging.getLogger(__name__)

_BATCH = 200
_TRIES = 6
_FIRST_WAIT = timedelta(minutes=1)  # doubled after each failure: the last try comes about half an hour later


def deliver(*, now: datetime) -> int:
    """Send what is due; returns how many messages left the house."""
    due = Notice.objects.filter(state=Delivery.QUEUED, send_after__lte=now).select_related("resident", "official")
    left = 0
    for notice in due.order_by("send_after", "pk")[:_BATCH]:
        try:
            left += _deliver_one(notice, now)
        except Exception:  # whether it left the house is not known: it stays UNCERTAIN, and the others are sent
            log.exception("notice %s", notice.pk)
    return left


def _deliver_one(notice: Notice, now: datetime) -> bool:
    """Claimed first: a worker killed in between leaves it UNCERTAIN, never sent twice in silence."""
    claimed = Notice.objects.filter(pk=notice.pk, state=Delivery.QUEUED, attempts=notice.attempts).update(
        state=Delivery.UNCERTAIN, attempts=notice.attempts + 1, sent_at=now
    )
    if not claimed:
        return False
    failpoint("outbox_claimed")
    try:
        write_to_outbox(notice, now)
    except OSError as trouble:
        _try_again(notice, trouble, now)
        return False
    failpoint("outbox_sent")
    Notice.objects.filter(pk=notice.pk).update(state=Delivery.SENT, trouble="")
    return True


def _try_again(notice: Notice, trouble: OSError, now: datetime) -> None:
    log.warning("notice %s was not sent: %s", notice.pk, trouble)
    attempts = notice.attempts + 1
    Notice.objects.filter(pk=notice.pk).update(
        state=Delivery.FAILED if attempts >= _TRIES else Delivery.QUEUED,
        send_after=now + _FIRST_WAIT * 2**notice.attempts,
        sent_at=None,
        trouble=str(trouble)[:200],
    )


def write_to_outbox(notice: Notice, now: datetime) -> Path:
    """The file backend: one readable text a message, by county and channel. The same message is the same file."""
    folder = Path(settings.OUTBOX) / current_code() / notice.channel.lower()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{notice.pk:09d}.txt"
    when = now.astimezone(COUNTY_TIME).strftime("%Y-%m-%d %H:%M")
    path.write_text(f"{when}\n{notice.address}\n{notice.subject}\n\n{notice.body}\n", encoding="utf-8")
    return path
