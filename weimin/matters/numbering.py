"""Numbers and PINs of matters."""

import hashlib
import hmac
import secrets
from datetime import datetime

from django.conf import settings
from django.db import connection

from weimin.county.directory import county
from weimin.county.together import next_serial
from weimin.kernel import numbers
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import county_day

from .models import Serial

# Six digits in a number: a month would need a million matters before a serial came round again.
_ROUND = 1_000_000


def next_number(now: datetime) -> str:
    """A number nobody else gets. Not gap-free: a refused intake may leave one out."""
    return numbers.make(county(current_code()).letters, county_day(now), _next_serial() % _ROUND)


def _next_serial() -> int:
    return next_serial("'matters_number_serial'") if connection.vendor == "postgresql" else _add(1)


def next_serials(count: int) -> list[int]:
    """A block of serials for an import, in one statement."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('matters_number_serial') FROM generate_series(1, %s)", [count])
            return [int(row[0]) % _ROUND for row in cursor.fetchall()]
    last = _add(count)
    return [serial % _ROUND for serial in range(last - count + 1, last + 1)]


def _add(count: int) -> int:
    """The last serial after taking so many. One statement: two that ask at once never read the same."""
    table = connection.ops.quote_name(Serial._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (name, last) VALUES ('matter', %s) "  # noqa: S608 -- a table name and a placeholder
            f"ON CONFLICT (name) DO UPDATE SET last = {table}.last + excluded.last RETURNING last",
            [count],
        )
        return int(cursor.fetchone()[0])


def new_pin() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def pin_digest(number: str, pin: str) -> str:
    """A keyed digest: the database alone does not give six digits away."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{number}:{pin}".encode(), hashlib.sha256).hexdigest()
