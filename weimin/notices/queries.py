"""Questions about messages."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from .models import Notice
from .states import CARRIED_BY_HAND, PHONE, POST, Delivery

_SENDING = timedelta(minutes=10)  # a message being sent this moment is UNCERTAIN too


def not_surely_sent(about: str, *, now: datetime) -> QuerySet[Notice]:
    """Messages about this to residents that failed or may have got lost: somebody should ring."""
    return lost(now=now).filter(about=about, resident__isnull=False).order_by("created_at", "pk")


def lost(*, now: datetime) -> QuerySet[Notice]:
    """Every message that failed or may have got lost."""
    found = Notice.objects.filter(state__in=[Delivery.FAILED, Delivery.UNCERTAIN])
    return found.exclude(state=Delivery.UNCERTAIN, sent_at__gte=now - _SENDING)


def was_told(once: str) -> bool:
    """Whether a message with this mark was written."""
    return Notice.objects.filter(once=once).exists()


def to_carry(*, now: datetime) -> QuerySet[Notice]:
    """Messages that somebody must read out by telephone or post as a letter, the oldest first.

    A code for looking something up is worth nothing after its ten minutes, so nobody is asked to ring for it.
    """
    open_states = [Delivery.QUEUED, Delivery.UNCERTAIN, Delivery.SENT]
    waiting = Notice.objects.filter(channel__in=CARRIED_BY_HAND, state__in=open_states, resident__isnull=False)
    spent = Q(once__contains=":code:", created_at__lt=now - _SENDING)
    return waiting.exclude(carrier__in=[PHONE, POST]).exclude(spent).order_by("created_at", "pk")
