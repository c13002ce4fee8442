"""The one running clock of a matter: starting, stopping, restating and explaining it. Arithmetic is the kernel's."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import override

from weimin.catalogue.queries import earliest_rule
from weimin.county.queries import calendar
from weimin.kernel.calendar import Calendar
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import county_day
from weimin.kernel.explanation import explain
from weimin.kernel.limits import Limit, Unit
from weimin.kernel.working_time import Deadline, Pause, deadline

from .models import Matter
from .states import Clock, PauseReason

STOPPED: dict[str, Any] = {
    "clock": "",
    "clock_started_at": None,
    "clock_limit": "",
    "clock_extension": "",
    "clock_pauses": [],
    "clock_due_at": None,
    "clock_provisional": False,
    "clock_waiting": None,
}


def due(start: datetime, limit: Limit) -> Deadline:
    """The end of a plain limit by today's calendar."""
    return deadline(start, limit, calendar=calendar())


class Dates:
    """Due moments by today's calendar for much work at once: limits in days end alike for all that began on one day.

    It counts by one calendar: keep it for one piece of work, or ask `dates` for those that hold now.
    """

    def __init__(self, days: Calendar | None = None) -> None:
        self.days = days or calendar()
        self._known: dict[tuple[Limit, date], Deadline] = {}

    def due(self, start: datetime, limit: Limit) -> Deadline:
        if limit.unit not in (Unit.W, Unit.N):
            return deadline(start, limit, calendar=self.days)
        key = (limit, county_day(start))
        if key not in self._known:
            self._known[key] = deadline(start, limit, calendar=self.days)
        return self._known[key]

    def running(self, clock: Clock, *, start: datetime, limit: Limit) -> dict[str, Any]:
        """The columns of a clock that starts now, without pauses or extension."""
        return _columns(clock, start, limit, self.due(start, limit))


_dates: dict[str, Dates] = {}  # by county


def dates() -> Dates:
    """Those of the calendar as it stands now: the first matter of a day counts for all that come after it."""
    days, known = calendar(), _dates.get(current_code())
    if known is None or known.days is not days:
        known = _dates[current_code()] = Dates(days)
    return known


def running(
    clock: Clock,
    *,
    start: datetime,
    limit: Limit,
    pauses: list[list[str]] | None = None,
    extension: str = "",
    waiting: dict[str, Any] | None = None,
    days: Calendar | None = None,
) -> dict[str, Any]:
    """The columns of a clock that starts now, or again. `pauses` is [[from, to, reason], …] in ISO format.

    Counted by the official calendar, or by `days`: another one, to see what it would change.
    """
    counted = _count(start, limit, pauses or [], extension, days)
    return _columns(clock, start, limit, counted, extension=extension, pauses=pauses, waiting=waiting)


def _columns(
    clock: Clock,
    start: datetime,
    limit: Limit,
    counted: Deadline,
    *,
    extension: str = "",
    pauses: list[list[str]] | None = None,
    waiting: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "clock": clock,
        "clock_started_at": start,
        "clock_limit": str(limit),
        "clock_extension": extension,
        "clock_pauses": pauses or [],
        "clock_due_at": counted.due,
        "clock_provisional": counted.provisional,
        "clock_waiting": waiting,
    }


def set_aside(matter: Matter) -> dict[str, Any]:
    """What must be kept of the running clock while a pause runs in its place."""
    assert matter.clock_started_at is not None
    return {
        "clock": matter.clock,
        "started_at": matter.clock_started_at.isoformat(),
        "limit": matter.clock_limit,
        "extension": matter.clock_extension,
        "pauses": matter.clock_pauses,
    }


def taken_up(waiting: dict[str, Any], *, paused_from: datetime, paused_to: datetime, reason: str) -> dict[str, Any]:
    """The clock that was set aside, running again with the pause excluded."""
    pause = [paused_from.isoformat(), paused_to.isoformat(), reason]
    return running(
        Clock(waiting["clock"]),
        start=datetime.fromisoformat(waiting["started_at"]),
        limit=Limit.parse(waiting["limit"]),
        pauses=[*waiting["pauses"], pause],
        extension=waiting["extension"],
    )


def restated(matter: Matter, *, extension: str | None = None, days: Calendar | None = None) -> dict[str, Any]:
    """The same clock counted anew: with an extension, or by a calendar that now knows the year."""
    assert matter.clock_started_at is not None
    return running(
        Clock(matter.clock),
        start=matter.clock_started_at,
        limit=Limit.parse(matter.clock_limit),
        pauses=matter.clock_pauses,
        extension=matter.clock_extension if extension is None else extension,
        waiting=matter.clock_waiting,
        days=days,
    )


def why_this_date(matter: Matter, language: str) -> list[str]:
    """The date of the running clock in plain sentences; empty when no clock runs."""
    if matter.clock_started_at is None:
        return []
    counted = _count(
        matter.clock_started_at, Limit.parse(matter.clock_limit), matter.clock_pauses, matter.clock_extension
    )
    return explain(counted, language)


def next_escalation(matter: Matter) -> datetime:
    """When the next step up the line is due: at the date, then one rule ESCALATE_STEP after the step before."""
    assert matter.clock_due_at is not None
    moment = matter.clock_due_at
    for _step in range(matter.escalated):
        moment = due(moment, earliest_rule("ESCALATE_STEP", on=county_day(moment)).limit).due
    return moment + timedelta(seconds=1)


def _count(
    start: datetime, limit: Limit, pauses: list[list[str]], extension: str, days: Calendar | None = None
) -> Deadline:
    return deadline(
        start,
        limit,
        calendar=days or calendar(),
        pauses=[
            Pause(datetime.fromisoformat(begin), datetime.fromisoformat(end), *_reason_in_both(reason))
            for begin, end, reason in pauses
        ],
        extension=Limit.parse(extension) if extension else None,
    )


def _reason_in_both(reason: str) -> tuple[str, str]:
    label = PauseReason(reason).label
    with override("zh-hans"):
        zh = str(label)
    with override("en"):
        return zh, str(label)
