"""Questions about endpoints and what is on its way to them. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Min, Q, QuerySet

from weimin.kernel.kept import Kept

from .models import Delivery, Endpoint
from .states import Progress


def _read_endpoints() -> list[Endpoint]:
    return list(Endpoint.objects.filter(off_at__isnull=True).order_by("pk"))


# Asked at every act on a matter: an act costs no statement more where nobody has subscribed.
endpoints_on = Kept(_read_endpoints, seconds=5)


def endpoint_lines() -> QuerySet[Endpoint]:
    """Every endpoint, those in use first, each with how much waits (`n_waiting`) and how much is dead (`n_dead`)."""
    waiting, dead = Q(deliveries__state=Progress.QUEUED), Q(deliveries__state=Progress.DEAD)
    counted = Endpoint.objects.annotate(
        n_waiting=Count("deliveries", filter=waiting), n_dead=Count("deliveries", filter=dead)
    )
    return counted.select_related("made_by").order_by(F("off_at").asc(nulls_first=True), "pk")


def deliveries_to(endpoint: Endpoint, *, state: str = "") -> QuerySet[Delivery]:
    """What was and is to be sent there, the newest first; of one state where one is asked for."""
    found = Delivery.objects.filter(endpoint=endpoint).order_by("-pk")
    return found.filter(state=state) if state in Progress.values else found


def due(endpoint: Endpoint, *, now: datetime) -> QuerySet[Delivery]:
    """What should be sent there by now, what has waited longest first."""
    return Delivery.objects.filter(endpoint=endpoint, state=Progress.QUEUED, next_at__lte=now).order_by("next_at", "pk")


@dataclass(frozen=True)
class Backlog:
    """How much waits for endpoints in use, since when the oldest; how much is dead, and how many endpoints are off."""

    waiting: int
    oldest: datetime | None
    dead: int
    on: int
    off: int  # switched off by the house, not by hand


def backlog() -> Backlog:
    """Two statements."""
    waits = Q(state=Progress.QUEUED, endpoint__off_at__isnull=True)
    rows = Delivery.objects.filter(state__in=[Progress.QUEUED, Progress.DEAD]).aggregate(
        waiting=Count("pk", filter=waits), oldest=Min("at", filter=waits), dead=Count("pk", filter=Q(state="DEAD"))
    )
    ends = Endpoint.objects.aggregate(
        on=Count("pk", filter=Q(off_at__isnull=True)), off=Count("pk", filter=Q(off_why__in=["GONE", "SILENT"]))
    )
    return Backlog(**rows, **ends)
