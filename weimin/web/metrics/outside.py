"""How far other programs are behind: events that wait for them, and those that were given up."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count

from weimin.matters.models import Partner, Referral
from weimin.webhooks.queries import backlog

from .text import Family


def families_of_outside(code: str, *, now: datetime) -> Iterator[Family]:
    """Four statements a county."""
    yield from _webhooks(code, now)
    yield from _partners(code, now)


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, round((now - since).total_seconds(), 3)) if since else 0.0


def _webhooks(code: str, now: datetime) -> Iterator[Family]:
    hooks = backlog()
    yield Family("weimin_webhooks_waiting", "gauge", "Events that wait to be delivered to other programs.").add(
        hooks.waiting, county=code
    )
    yield Family("weimin_webhooks_lag_seconds", "gauge", "How long ago the oldest event that waits happened.").add(
        _seconds(hooks.oldest, now), county=code
    )
    yield Family("weimin_webhooks_dead", "gauge", "Events given up after their last try.").add(hooks.dead, county=code)
    yield Family("weimin_webhooks_off", "gauge", "Endpoints that were switched off by themselves.").add(
        hooks.off, county=code
    )


def _partners(code: str, now: datetime) -> Iterator[Family]:
    """By the number of the partner, whose name the settings know."""
    lag = Family("weimin_partner_lag_seconds", "gauge", "Time since the last good exchange with a partner in use.")
    for partner in Partner.objects.filter(off_at__isnull=True).order_by("pk"):
        lag.add(_seconds(partner.good_at or partner.created_at, now), county=code, partner=str(partner.pk))
    yield lag
    stages = Family("weimin_referrals", "gauge", "Matters that are with partners, by how far they came.")
    found = {row["stage"]: row["n"] for row in Referral.objects.values("stage").order_by().annotate(n=Count("pk"))}
    for stage in Referral.Stage:
        stages.add(found.get(stage, 0), county=code, stage=stage)
    yield stages
