"""Questions about messages."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from .models import Notice
from .states import Delivery

_SENDING = timedelta(minutes=10)  # a message being sent this moment is UNCERTAIN too


def not_surely_sent(about: str, *, now: datetime) -> QuerySet[Notice]:
    """Messages about this to residents that failed or may have got lost: somebody should ring."""
    lost = Notice.objects.filter(state__in=[Delivery.FAILED, Delivery.UNCERTAIN], about=about, resident__isnull=False)
    return lost.exclude(state=Delivery.UNCERTAIN, sent_at__gte=now - _SENDING).order_by("created_at", "pk")


def was_told(once: str) -> bool:
    """Whether a message with this mark was written."""
    return Notice.objects.filter(once=once).exists()
