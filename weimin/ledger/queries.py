"""Questions about the ledger. Nothing here writes."""

from django.db.models import QuerySet

from .models import Entry


def entries_about(*things: str) -> QuerySet[Entry]:
    """What was ever done to these things, the newest first."""
    return Entry.objects.filter(about__in=things).order_by("-id")
