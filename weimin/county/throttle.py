"""How often one caller may ask: counts over a sliding time, shared by all processes of this machine."""

import logging
import sqlite3
from contextlib import suppress
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from weimin.kernel.chosen import current_code

from .beside import ask

log = logging.getLogger(__name__)

_SLICES = 12  # the window slides to within a twelfth of itself
_SWEPT_EVERY = 60  # seconds
_KEPT_LONGER = 3600  # than they count: a clock that jumps ahead for a while loses nothing
# One statement looks and counts: of two processes at once, one is the last that is let in.
_COUNT = """
INSERT INTO hits (name, slice, n, until)
SELECT :name, :at, 1, :until
WHERE (SELECT coalesce(sum(n), 0) FROM hits WHERE name = :name AND slice BETWEEN :oldest AND :at) < :most
ON CONFLICT (name, slice) DO UPDATE SET n = n + 1
"""
_swept: dict[str, float] = {}  # by file: when this process last threw old counts away


def allow(key: str, *, per_minute: int, now: datetime) -> bool:
    """Whether this caller may go on. Counts only what was allowed, so waiting a minute always helps.

    `key` names caller and act, for example "intake:203.0.113.7". Always true where the operator has switched
    limits off for a measurement.
    """
    return not settings.RATE_LIMITS or within(key, most=per_minute, seconds=60, now=now)


def within(key: str, *, most: int, seconds: int, now: datetime) -> bool:
    """Whether this is among the first so many in this time; counted if it is.

    Where nothing can be counted (a full disk) nobody is kept out, and the log says so: guesses at a PIN or a password
    are counted in the database as well.
    """
    moment = now.timestamp()
    at = int(moment * _SLICES // seconds)
    given = {
        "name": _named(key, seconds),
        "at": at,
        "oldest": at - _SLICES + 1,
        "most": most,
        "until": moment + seconds,
    }
    try:
        _sweep(settings.BESIDE, moment)
        return ask(settings.BESIDE, _COUNT, given)[1] == 1
    except sqlite3.Error:
        log.exception("who asks how often cannot be counted; nobody is kept out meanwhile")
        return True


def forget(key: str, *, seconds: int) -> None:
    """As if it had not been asked: whoever was right in the end begins anew."""
    with suppress(sqlite3.Error):  # then it is counted a little longer
        ask(settings.BESIDE, "DELETE FROM hits WHERE name = ?", (_named(key, seconds),))


def _named(key: str, seconds: int) -> str:
    return f"{current_code()}:{seconds}:{key}"


def _sweep(path: Path, moment: float) -> None:
    if _swept.get(str(path), 0) < moment - _SWEPT_EVERY:
        _swept[str(path)] = moment
        ask(path, "DELETE FROM hits WHERE until < ?", (moment - _KEPT_LONGER,))


def address_of(request: HttpRequest) -> str:
    """By which a caller's requests are counted. A household has 2^64 addresses of IPv6: one caller."""
    given = str(request.META.get("REMOTE_ADDR") or "unknown")
    try:
        address = ip_address(given)
    except ValueError:
        return given
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)
