"""How often one caller may ask: counts over a sliding minute, kept in the cache."""

from datetime import datetime

from django.conf import settings
from django.core.cache import cache

from weimin.kernel.chosen import current_code

_MINUTE = 60
_SLICE = 5  # seconds: twelve slices a minute, so the window slides to within a twelfth of a minute


def allow(key: str, *, per_minute: int, now: datetime) -> bool:
    """Whether this caller may go on. Counts only what was allowed, so waiting a minute always helps.

    `key` names caller and act, for example "intake:203.0.113.7". Always true where the operator has switched
    limits off for a measurement.
    """
    if not settings.RATE_LIMITS:
        return True
    at = int(now.timestamp()) // _SLICE
    prefix = f"throttle:{current_code()}:{key}:"
    names = [f"{prefix}{at - back}" for back in range(_MINUTE // _SLICE)]
    if sum(cache.get_many(names).values()) >= per_minute:
        return False
    if not cache.add(names[0], 1, timeout=2 * _MINUTE):
        _count(names[0])
    return True


def _count(name: str) -> None:
    try:
        cache.incr(name)
    except ValueError:  # it expired, or the cache was emptied, between two statements
        cache.set(name, 1, timeout=2 * _MINUTE)
