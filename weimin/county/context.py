"""The one entrance to a county's data.

A request, a job, a command and a test each choose exactly once, before the first query and before `atomic()`.
Without a choice a query raises NoCounty. On PostgreSQL each county is a schema, and the first query in a county
whose schema does not exist raises UnknownCounty; on SQLite there is exactly one county and the choice checks its name.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from weimin.kernel.chosen import SHARED, NoCounty, as_its_role, chosen_schema, current, current_code

__all__ = [
    "SHARED",
    "NoCounty",
    "UnknownCounty",
    "chosen_schema",
    "current",
    "current_code",
    "schema_of",
    "serve_county",
    "use_county",
    "use_shared",
]


class UnknownCounty(LookupError):
    """The code names no county served here."""


def schema_of(code: str) -> str:
    """`990101` → `county_990101`; anything that is not six digits is refused, so no input reaches SQL as a name."""
    if not re.fullmatch(r"[0-9]{6}", code, re.ASCII):
        raise UnknownCounty(f"{code!r} is not a county code: six digits are needed.")
    return f"county_{code}"


@contextmanager
def use_county(code: str) -> Iterator[None]:
    """Everything inside reads and writes this county only. Nested use is allowed."""
    schema = schema_of(code)
    if connection.vendor == "sqlite" and code != settings.COUNTY:
        raise UnknownCounty(f"County {code} is not served here: this installation serves {settings.COUNTY} alone.")
    with _chosen(schema):
        yield


@contextmanager
def serve_county(code: str) -> Iterator[None]:
    """As `use_county`, for whoever serves people: on PostgreSQL every transaction inside acts as the county's own role.

    Commands that make and migrate tables stay with `use_county`: they act as who owns the tables.
    """
    with use_county(code):
        token = as_its_role.set(True)
        try:
            yield
        finally:
            as_its_role.reset(token)


@contextmanager
def use_shared() -> Iterator[None]:
    """Only the shared shelf: the directory of counties and the calendar."""
    with _chosen(SHARED):
        yield


@contextmanager
def _chosen(schema: str) -> Iterator[None]:
    token = current.set(schema)
    try:
        yield
    finally:
        current.reset(token)
