"""Questions about messages."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from .models import Notice
from .states import Delivery

SENDING = timedelta(minutes=10)  # a message being sent this moment is UNCERTAIN too


def not_surely_sent(about: str, *, now: datetime) -> QuerySet[Notice]:
    """Messages about this to residents that failed or may have got lost: somebody should ring."""
    lost = Notice.objects.filter(state__in=[Delivery.FAILED, Delivery.UNCERTAIN], about=about, resident__isnull=False)
    return lost.exclude(state=Delivery.UNCERTAIN, sent_at__gte=now - SENDING).order_by("created_at", "pk")
