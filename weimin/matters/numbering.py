"""Numbers and PINs of matters."""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import cast

from django.conf import settings
from django.db import connection

from weimin.county.directory import county
from weimin.county.sealed import SealedField
from weimin.county.together import next_serial
from weimin.kernel import numbers
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import county_day

from .models import Matter, Serial
from .states import OPEN_STATES

# Six digits in a number: a month would need a million matters before a serial came round again.
_ROUND = 1_000_000
_DIGEST = "sha256:"


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
    """What stands in the matter's row: a digest, sealed. Of six digits no digest hides anything; the seal does, and
    its key is turned without anybody's PIN."""
    return cast(SealedField, Matter._meta.get_field("pin_digest")).sealed(_digest(number, pin), row=number)


def pin_fits(matter: Matter, pin: str) -> bool:
    if hangs_on_a_secret(matter):
        return any(hmac.compare_digest(matter.pin_digest, one) for one in code_digests(matter.number, pin))
    return hmac.compare_digest(matter.pin_digest, _digest(matter.number, pin))


def hangs_on_a_secret(matter: Matter) -> bool:
    """Whether its PIN was given out before PINs were sealed: then one of the installation's secrets keys the digest."""
    return not matter.pin_digest.startswith(_DIGEST)


def open_ones_that_hang_on_a_secret() -> int:
    """Open matters whose residents would lose their PIN if the installation's old secrets went."""
    rows = Matter.objects.filter(state__in=OPEN_STATES).only("number", "pin_digest")
    return sum(hangs_on_a_secret(matter) for matter in rows.iterator())


def _digest(number: str, pin: str) -> str:
    return _DIGEST + hashlib.sha256(f"{number}:{pin}".encode()).hexdigest()


def code_digests(number: str, code: str) -> list[str]:
    """Keyed digests of a code that lives for minutes, by each secret of the installation, the newest first."""
    told = f"{number}:{code}".encode()
    return [
        hmac.digest(secret.encode(), told, "sha256").hex()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
