"""When each timed job of a county is due, in a table: however many processes work, one takes it for each due time.

A job is taken for a while (its lease) by compare-and-set. Done, it is due at its next time, and what was missed is not
made up for; failed, it is tried again soon; if its process is killed, another takes it when the lease has run out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from weimin.kernel.clock import COUNTY_TIME

from .models import Schedule

AGAIN = timedelta(minutes=5)  # after a failure
APART = timedelta(hours=1)  # by less than this may the clocks of two machines differ


@dataclass(frozen=True)
class Every:
    """So often, counted from when it was first due."""

    step: timedelta
    lease: timedelta = timedelta(minutes=10)

    def after(self, due_at: datetime, now: datetime) -> datetime:
        """The next due time that is still to come. A time far ahead is what a clock that had jumped has left behind."""
        if due_at > now:
            return now + self.step
        return due_at + self.step * ((now - due_at) // self.step + 1)


@dataclass(frozen=True)
class Daily:
    """Once a day at this hour of the county."""

    hour: int
    lease: timedelta = timedelta(hours=3)
    step = timedelta(days=1)

    def after(self, due_at: datetime, now: datetime) -> datetime:
        local = now.astimezone(COUNTY_TIME)
        today = local.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        return today if today > local else today + self.step


Timetable = Every | Daily


@dataclass(frozen=True)
class Taken:
    """A job that this process has taken, for this due time."""

    job: str
    timetable: Timetable
    due_at: datetime
    until: datetime


def tick(timetables: Mapping[str, Timetable], *, now: datetime) -> Iterator[Taken]:
    """The jobs that are due and that this process is the one to do. Each is to be told `done` or `failed`."""
    rows = {row.job: row for row in Schedule.objects.filter(job__in=timetables)}
    if len(rows) < len(timetables):
        new = [Schedule(job=job, due_at=now) for job in timetables if job not in rows]
        Schedule.objects.bulk_create(new, ignore_conflicts=True)  # another process may be beginning too
        rows = {row.job: row for row in Schedule.objects.filter(job__in=timetables)}
    for job, timetable in timetables.items():
        row = rows[job]
        if _is_due(row, timetable, now) and (taken := _take(row, timetable, now)):
            yield taken


def done(taken: Taken, *, now: datetime) -> None:
    _mine(taken).update(due_at=taken.timetable.after(taken.due_at, now), taken_until=None)


def failed(taken: Taken, *, now: datetime) -> None:
    _mine(taken).update(taken_until=now + AGAIN)


def _is_due(row: Schedule, timetable: Timetable, now: datetime) -> bool:
    if row.taken_until is not None and now < row.taken_until <= now + max(timetable.lease, AGAIN):
        return False
    return row.due_at <= now or row.due_at > now + timetable.step + APART


def _take(row: Schedule, timetable: Timetable, now: datetime) -> Taken | None:
    taken = Taken(row.job, timetable, row.due_at, now + timetable.lease)
    seen = Schedule.objects.filter(job=row.job, due_at=row.due_at, taken_until=row.taken_until)
    return taken if seen.update(taken_until=taken.until) else None


def _mine(taken: Taken) -> QuerySet[Schedule]:
    return Schedule.objects.filter(job=taken.job, due_at=taken.due_at, taken_until=taken.until)
