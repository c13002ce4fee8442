"""The columns of a county's facts, each with the fields it is made of. Nothing personal, no number."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from weimin.county.models.places import CODE_LENGTH, Level
from weimin.kernel.clock import county_day

VERSION = 1  # in every file; grows when a column changes its meaning or goes


@dataclass(frozen=True)
class Column:
    """`of` names fields of Matter, or of what it points to; `made` turns their values into the column's."""

    name: str
    kind: str  # a type of DuckDB
    of: tuple[str, ...]
    made: Callable[..., Any] = lambda value: value


def _day(moment: datetime | None) -> str | None:
    return county_day(moment).isoformat() if moment else None


def _village(code: str) -> str:
    """As in everything published: never a group of houses."""
    return code[: CODE_LENGTH[Level.VILLAGE]]


def _within(done: datetime | None, due: datetime | None) -> bool | None:
    """Whether it was done by then; unknown where it was not done, or had no date."""
    return done <= due if done and due else None


def _days(begun: datetime, done: datetime | None) -> int | None:
    return (county_day(done) - county_day(begun)).days if done else None


COLUMNS = (
    Column("state", "VARCHAR", ("state",)),
    Column("request", "VARCHAR", ("request",)),
    Column("channel", "VARCHAR", ("channel",)),
    Column("kind", "VARCHAR", ("kind__code",)),
    Column("urgency", "VARCHAR", ("urgency__code",)),
    Column("place", "VARCHAR", ("place_code",), _village),
    Column("office", "VARCHAR", ("lead__code",)),
    Column("received_on", "DATE", ("received_at",), _day),
    Column("dispatched_on", "DATE", ("dispatched_at",), _day),
    Column("answered_on", "DATE", ("answered_at",), _day),
    Column("closed_on", "DATE", ("closed_at",), _day),
    Column("days_to_answer", "INTEGER", ("received_at", "answered_at"), _days),
    Column("contacted_in_time", "BOOLEAN", ("contacted_at", "contact_due_at"), _within),
    Column("answered_in_time", "BOOLEAN", ("answered_at", "legal_due_at"), _within),
    Column("returns", "SMALLINT", ("returns",)),
    Column("escalated", "SMALLINT", ("escalated",)),
    Column("reopened", "SMALLINT", ("reopened",)),
    Column("appeals", "SMALLINT", ("appeal_round",)),
    Column("grade", "SMALLINT", ("ratings__grade",)),
    Column("resolved", "VARCHAR", ("ratings__resolved",)),
)
