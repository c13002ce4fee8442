"""How far other programs are behind: events that wait for them, and those that were given up."""

from collections.abc import Iterator
from datetime import datetime

from weimin.webhooks.queries import backlog

from .text import Family


def families_of_outside(code: str, *, now: datetime) -> Iterator[Family]:
    """Two statements a county."""
    hooks = backlog()
    lag = max(0.0, round((now - hooks.oldest).total_seconds(), 3)) if hooks.oldest else 0.0
    yield Family("weimin_webhooks_waiting", "gauge", "Events that wait to be delivered to other programs.").add(
        hooks.waiting, county=code
    )
    yield Family("weimin_webhooks_lag_seconds", "gauge", "How long ago the oldest event that waits happened.").add(
        lag, county=code
    )
    yield Family("weimin_webhooks_dead", "gauge", "Events given up after their last try.").add(hooks.dead, county=code)
    yield Family("weimin_webhooks_off", "gauge", "Endpoints that were switched off by themselves.").add(
        hooks.off, county=code
    )
