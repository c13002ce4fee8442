"""When each timed job of a county is due, in a table: however many processes work, one takes it for each due time.

A job is handed out, begun and done, each by compare-and-set on the time until which it is taken. Handed out and not
begun soon, it is handed out again: whatever carried it may lose it or bring it twice. Begun, it is taken for a while
(its lease); done, it is due at its next time, and what was missed is not made up for; failed, it is tried again soon;
if its process is killed, another takes it when the lease has run out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from weimin.kernel.clock import COUNTY_TIME

from .models import Schedule

BEGUN_WITHIN = timedelta(minutes=1)  # else it is handed out again
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
    """A job that is one process's, for this due time."""

    job: str
    timetable: Timetable
    due_at: datetime
    until: datetime


def tick(
    timetables: Mapping[str, Timetable], *, now: datetime, hand_out: Callable[[Taken], object] | None = None
) -> list[Taken]:
    """The jobs that are due and that this process was the one to hand out: with what hands it out each is taken in one
    transaction. Each is to be told `begin`, and then `done` or `failed`."""
    rows = {row.job: row for row in Schedule.objects.filter(job__in=timetables)}
    if len(rows) < len(timetables):
        new = [Schedule(job=job, due_at=now) for job in timetables if job not in rows]
        Schedule.objects.bulk_create(new, ignore_conflicts=True)  # another process may be beginning too
        rows = {row.job: row for row in Schedule.objects.filter(job__in=timetables)}
    due = [(rows[job], timetable) for job, timetable in timetables.items() if _is_due(rows[job], timetable, now)]
    return [taken for row, timetable in due if (taken := _take(row, timetable, now, hand_out))]


def begin(taken: Taken, *, now: datetime) -> Taken | None:
    """The same job to be told `done` or `failed`; None if it was begun before, or handed out again meanwhile."""
    mine = replace(taken, until=now + taken.timetable.lease)
    return mine if _mine(taken).update(taken_until=mine.until) else None


def done(taken: Taken, *, now: datetime) -> None:
    _mine(taken).update(due_at=taken.timetable.after(taken.due_at, now), taken_until=None)


def failed(taken: Taken, *, now: datetime) -> None:
    _mine(taken).update(taken_until=now + AGAIN)


def _is_due(row: Schedule, timetable: Timetable, now: datetime) -> bool:
    if row.taken_until is not None and now < row.taken_until <= now + max(timetable.lease, AGAIN):
        return False
    return row.due_at <= now or row.due_at > now + timetable.step + APART


@transaction.atomic
def _take(
    row: Schedule, timetable: Timetable, now: datetime, hand_out: Callable[[Taken], object] | None
) -> Taken | None:
    taken = Taken(row.job, timetable, row.due_at, now + BEGUN_WITHIN)
    seen = Schedule.objects.filter(job=row.job, due_at=row.due_at, taken_until=row.taken_until)
    if not seen.update(taken_until=taken.until):
        return None
    if hand_out is not None:
        hand_out(taken)
    return taken


def _mine(taken: Taken) -> QuerySet[Schedule]:
    return Schedule.objects.filter(job=taken.job, due_at=taken.due_at, taken_until=taken.until)
