"""What the county forgets once it has served its purpose. Looked for every hour, safe side by side."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import BigIntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce

from .models import AnsweredRequest

# A client whose answer was lost asks again within minutes; a phone without signal within the day. The answers hold
# PINs, so they are not kept longer than that. Said in docs/decisions/0013-sign-in.md and to programs in the API's text.
ANSWERS_KEPT = timedelta(hours=24)
SIGN_INS_KEPT = timedelta(days=183)  # who signed in and from where: six months, as the Cybersecurity Law asks


def forget_old(*, now: datetime) -> dict[str, int]:
    """Everything past its time, and how many rows of each went."""
    lockout = timedelta(hours=settings.AXES_COOLOFF_TIME)
    old = {
        "answered_requests": _answers_past(now),
        "sessions": Session.objects.filter(expire_date__lte=now),
        "failed_sign_ins": AccessAttempt.objects.filter(attempt_time__lte=now - lockout),
        "sign_ins": AccessLog.objects.filter(attempt_time__lte=now - SIGN_INS_KEPT),
    }
    return {name: rows.delete()[0] for name, rows in old.items()}


def _answers_past(now: datetime) -> QuerySet[AnsweredRequest]:
    """Answers of more than a day ago that also stand before every younger one: what was kept after a young answer is
    young itself, whatever a clock that was slow for a while wrote on it."""
    since = now - ANSWERS_KEPT
    young = AnsweredRequest.objects.filter(answered_at__gt=since, answered_at__lte=now)
    first = Coalesce(Subquery(young.order_by("pk").values("pk")[:1]), BigIntegerField.MAX_BIGINT)
    return AnsweredRequest.objects.filter(answered_at__lte=since, pk__lt=first)
