"""The one entrance to a county's data.

A request, a job, a command and a test each choose exactly once, before the first query and before `atomic()`.
Without a choice a query raises NoCounty. On PostgreSQL each county is a schema; on SQLite there is exactly one
county and the choice only checks its name.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SHARED = "public"

current: ContextVar[str | None] = ContextVar("county_schema", default=None)


class NoCounty(RuntimeError):
    """A query ran before a county was chosen."""

    def __init__(self) -> None:
        super().__init__("No county is chosen. Enter once by use_county(code) or use_shared() before the first query.")


class UnknownCounty(LookupError):
    """The code names no county served here."""


def schema_of(code: str) -> str:
    """`990101` → `county_990101`; anything that is not six digits is refused, so no input reaches SQL as a name."""
    if not re.fullmatch(r"[0-9]{6}", code):
        raise UnknownCounty(f"{code!r} is not a county code: six digits are needed.")
    return f"county_{code}"


@contextmanager
def use_county(code: str) -> Iterator[None]:
    """Everything inside reads and writes this county only. Nested use is allowed."""
    token = current.set(schema_of(code))
    try:
        yield
    finally:
        current.reset(token)


@contextmanager
def use_shared() -> Iterator[None]:
    """Only the shared shelf: the directory of counties and the calendar."""
    token = current.set(SHARED)
    try:
        yield
    finally:
        current.reset(token)


def current_code() -> str:
    """The chosen county's six digits; NoCounty if none is chosen or only the shared shelf is open."""
    schema = current.get()
    if schema is None or schema == SHARED:
        raise NoCounty
    return schema.removeprefix("county_")
