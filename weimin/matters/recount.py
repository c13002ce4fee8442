"""A year's holiday notice and the dates it moves: what it would change, and entering it, for page and command."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from weimin.county.actors import CLOCK, Actor
from weimin.county.notice_days import calendar_with
from weimin.county.queries import calendar, notice_of
from weimin.county.services import enter_year
from weimin.county.services.calendar import NoticeDay
from weimin.kernel.calendar import Calendar
from weimin.kernel.refusal import Refused

from . import clocks, journey, queries
from .models import Matter


@dataclass(frozen=True)
class Change:
    """A matter whose date is counted anew, from what to what."""

    matter: Matter
    before: datetime
    after: datetime
    provisional: bool


def would_change(*, year: int, days: Iterable[NoticeDay]) -> list[Change]:
    """What entering this notice would do to open matters. Nothing is written."""
    days = list(days)
    return list(_changes(_first_day(year, days), calendar_with(year, days)))


def waiting(*, year: int) -> list[Change]:
    """Open matters whose date is not yet what the calendar as entered makes it: a recount was interrupted, or the
    year was entered from another county of the installation."""
    return list(_changes(_first_day(year, ()), calendar()))


def enter_notice(*, year: int, days: Iterable[NoticeDay], source: str, by: Actor, now: datetime) -> list[Change]:
    """Enter the year, then count anew every date it moves, each in a transaction and a ledger entry of its own."""
    days = list(days)
    first = _first_day(year, days)
    enter_year(year=year, days=days, source=source, by=by, now=now)
    return _recounted(first, now)


def recount(*, year: int, now: datetime) -> list[Change]:
    """Count anew the dates that the year as entered moves. Safe to run again: what is right is left alone."""
    return _recounted(_first_day(year, ()), now)


def _first_day(year: int, days: Iterable[NoticeDay]) -> date:
    """The earliest day that is named now or was named before: no date that lies before it can move."""
    named = [row.day for row in days] + [row.day for row in notice_of(year)]
    return min(named, default=date(year, 1, 1))


def _changes(first: date, by_days: Calendar) -> Iterator[Change]:
    for matter in queries.running_past(first).select_related("kind", "place", "owner__office"):
        counted = clocks.restated(matter, days=by_days)
        after, provisional = counted["clock_due_at"], counted["clock_provisional"]
        assert matter.clock_due_at is not None
        if (after, provisional) != (matter.clock_due_at, matter.clock_provisional):
            yield Change(matter, matter.clock_due_at, after, provisional)


def _recounted(first: date, now: datetime) -> list[Change]:
    found = list(_changes(first, calendar()))
    return [change for change in found if _recount_one(change.matter, now)]


def _recount_one(matter: Matter, now: datetime) -> bool:
    """Somebody may be working on it at this moment: then once more, as they left it."""
    try:
        journey.recompute_clock(matter, by=CLOCK, now=now)
    except Refused:
        moved = Matter.objects.filter(pk=matter.pk, clock_started_at__isnull=False).first()
        if moved is None:  # closed meanwhile: no clock runs any more
            return False
        journey.recompute_clock(moved, by=CLOCK, now=now)
    return True
