"""When a time limit ends, as the law counts it.

How days, hours, pauses and extensions are read, and why, stands in docs/decisions/0007-time-as-the-law-counts-it.md.
Every answer carries the steps that led to it; explanation.py says them in plain words.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from weimin.kernel.calendar import Calendar
from weimin.kernel.calendar import WorkingHours as WorkingHours  # those who build a Calendar find both here
from weimin.kernel.clock import COUNTY_TIME, begin_of_day, county_day, end_of_day
from weimin.kernel.limits import Limit, Unit
from weimin.kernel.words import Mistake, tongue

_ONE_DAY = timedelta(days=1)
_ONE_SECOND = timedelta(seconds=1)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_YEARS = range(1970, 2201)


class WrongMoment(Mistake):
    """A moment the clock cannot count from."""

    sentences = {
        "NAIVE": {"zh": "时间要写明时区，例如 +08:00。", "en": "A moment needs its time zone, such as +08:00."},
        "YEAR": {"zh": "年份要在 1970 到 2200 之间。", "en": "The year must lie between 1970 and 2200."},
        "ORDER": {"zh": "暂停的结束不能早于开始。", "en": "A pause cannot end before it begins."},
    }


class StillPaused(Mistake):
    """The clock stands still now; there is no due moment until it runs again."""

    sentences = {
        "OPEN": {
            "zh": "计时已暂停，恢复以后才能算出最后期限。",
            "en": "The clock is stopped. The last day can be told once it runs again.",
        },
    }

    def __init__(self) -> None:
        super().__init__("OPEN")


def _checked(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise WrongMoment("NAIVE")
    if moment.year not in _YEARS:
        raise WrongMoment("YEAR")
    return moment.astimezone(UTC)


@dataclass(frozen=True)
class Pause:
    """From start up to end the clock stands still; without an end it still does."""

    start: datetime
    end: datetime | None
    reason: str
    reason_en: str = ""

    def __post_init__(self) -> None:
        start = _checked(self.start)
        if self.end is not None and _checked(self.end) < start:
            raise WrongMoment("ORDER")


class StepKind(StrEnum):
    STARTED = "started"  # carries the limit
    EXTENDED = "extended"  # carries the extension; counting goes on from the first due moment
    COUNTED = "counted"
    MAKE_UP = "make_up"  # counted: a weekend day that is worked
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSED = "paused"  # days left out because the clock stood still as they ended
    PAUSE = "pause"  # the pause itself, as it was recorded
    ROLLED = "rolled"  # from the last day counted to the next working day
    PROVISIONAL = "provisional"  # carries a year whose holidays are not announced


_THAT_COUNT = (StepKind.COUNTED, StepKind.MAKE_UP)


@dataclass(frozen=True)
class Step:
    """One stretch of the way from start to due, in county time."""

    kind: StepKind
    first: datetime
    last: datetime
    limit: Limit | None = None
    note: tuple[str, str] = ("", "")  # in zh and en

    @property
    def days(self) -> list[date]:
        first = county_day(self.first)
        return [first + _ONE_DAY * n for n in range((county_day(self.last) - first).days + 1)]


@dataclass(frozen=True)
class Deadline:
    due: datetime
    provisional: bool
    steps: tuple[Step, ...]


def deadline(
    start: datetime,
    limit: Limit,
    *,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    extension: Limit | None = None,
) -> Deadline:
    """The due moment of a limit, whether it may still change, and how it was counted.

    StillPaused if an open pause began before the clock ran out.
    """
    pauses = sorted(pauses, key=lambda pause: pause.start)
    stopped = [(pause.start, pause.end or _NEVER) for pause in pauses]
    due = _checked(start)
    steps: list[Step] = []
    years: set[int] = set()
    stages = [(StepKind.STARTED, limit)] + ([(StepKind.EXTENDED, extension)] if extension else [])
    for kind, stage in stages:
        began = due
        due, counted = _Stage(began, calendar, stopped).run(stage)
        if stage.unit is not Unit.H:  # natural hours run through every calendar alike
            years.update(year for step in counted for year in range(step.first.year, step.last.year + 1))
        steps += [_step(kind, began, began, stage), *_joined(counted), *_pause_steps(pauses, began, due)]
    unpublished = sorted(year for year in years if not calendar.is_published(year))
    steps += [_step(StepKind.PROVISIONAL, due, due, note=(str(year), str(year))) for year in unpublished]
    return Deadline(due.astimezone(COUNTY_TIME), bool(unpublished), tuple(steps))


def elapsed_working(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Working days after the day of start, up to and including the day of end."""
    first, last = county_day(start), county_day(end)
    return sum(calendar.is_working_day(first + _ONE_DAY * n) for n in range(1, (last - first).days + 1))


_LEFT = {
    "late_days": ("已超过期限 {n} 天", "{n} day{s} late"),
    "late_hours": ("已超过期限 {n} 小时", "{n} hour{s} late"),
    "late": ("已超过期限不到 1 小时", "less than an hour late"),
    "today": ("今天到期", "due today"),
    "working": ("还剩 {n} 个工作日", "{n} working day{s} left"),
    "days": ("还剩 {n} 天", "{n} day{s} left"),
    "hours": ("还剩 {n} 小时", "{n} hour{s} left"),
    "minutes": ("还剩 {n} 分钟", "{n} minute{s} left"),
}


def remaining(due: datetime, now: datetime, calendar: Calendar, *, language: str = "zh") -> str:
    """How long is left, or how late it is, in the words of a clock beside a matter."""
    kind, n = _left(due, now, calendar) if now <= due else _late(due, now)
    return _LEFT[kind][tongue(language) == "en"].format(n=n, s="" if n == 1 else "s")


def _left(due: datetime, now: datetime, calendar: Calendar) -> tuple[str, int]:
    days = (county_day(due) - county_day(now)).days
    by_the_hour = due != end_of_day(county_day(due)) and due - now < 2 * _ONE_DAY
    if by_the_hour:
        minutes = (due - now) // timedelta(minutes=1)
        return ("hours", minutes // 60) if minutes >= 60 else ("minutes", minutes)
    if not days:
        return "today", 0
    working = elapsed_working(now, due, calendar)
    return ("working", working) if working else ("days", days)


def _late(due: datetime, now: datetime) -> tuple[str, int]:
    days, hours = (county_day(now) - county_day(due)).days, (now - due) // timedelta(hours=1)
    if (days and hours >= 24) or due == end_of_day(county_day(due)):
        return "late_days", max(days, 1)
    return ("late_hours", hours) if hours else ("late", 0)


@dataclass(frozen=True)
class _Stage:
    """One limit counted from one moment. Moments inside are UTC, so that an hour is always an hour."""

    start: datetime
    calendar: Calendar
    stopped: list[tuple[datetime, datetime]]

    def run(self, limit: Limit) -> tuple[datetime, list[Step]]:
        if limit.unit in (Unit.W, Unit.N):
            return self._count_days(limit)
        return self._count_hours(limit)

    def _count_days(self, limit: Limit) -> tuple[datetime, list[Step]]:
        steps: list[Step] = []
        left = limit.amount
        days = self._days(county_day(self.start) + _ONE_DAY)
        while left:
            day = next(days)
            kind = self._kind_of(day) if limit.unit is Unit.W else StepKind.COUNTED
            if kind in _THAT_COUNT and self._stopped_at(end_of_day(day)):
                kind = StepKind.PAUSED
            left -= kind in _THAT_COUNT
            steps.append(self._day_step(kind, day))
        last = day
        while not self.calendar.is_working_day(day) or self._stopped_at(end_of_day(day)):
            day = next(days)
        if day != last:
            steps.append(replace(self._day_step(StepKind.ROLLED, last), last=end_of_day(day)))
        return end_of_day(day).astimezone(UTC), steps

    def _count_hours(self, limit: Limit) -> tuple[datetime, list[Step]]:
        steps: list[Step] = []
        left = timedelta(hours=limit.amount)
        always = iter([Step(StepKind.COUNTED, self.start, _NEVER)])
        windows = self._office_windows() if limit.unit is Unit.WH else always
        for window in windows:
            if window.kind not in _THAT_COUNT:
                steps.append(window)
                continue
            for begins, ends in self._running(window):
                used = min(left, ends - begins)
                steps.append(_step(window.kind, begins, begins + used))
                left -= used
                if not left:
                    return begins + used, steps
        raise StillPaused

    def _office_windows(self) -> Iterator[Step]:
        """Rest days whole, working days span by span, none of them before the start."""
        for day in self._days(county_day(self.start)):
            kind = self._kind_of(day)
            if kind not in _THAT_COUNT:
                yield self._day_step(kind, day)
                continue
            for opens, closes in self.calendar.hours.on(day):
                if closes > self.start:
                    yield Step(kind, max(opens, self.start), closes)

    def _running(self, window: Step) -> Iterator[tuple[datetime, datetime]]:
        """The parts of a window in which the clock was not stopped."""
        begins, ends = window.first.astimezone(UTC), window.last.astimezone(UTC)
        for stops, resumes in self.stopped:
            if stops >= ends:
                break
            if stops > begins:
                yield begins, stops.astimezone(UTC)
            begins = max(begins, resumes.astimezone(UTC))
        if begins < ends:
            yield begins, ends

    def _days(self, day: date) -> Iterator[date]:
        """Day after day, until the clock stands still for good."""
        while not any(resumes == _NEVER and stops < begin_of_day(day) for stops, resumes in self.stopped):
            yield day
            day += _ONE_DAY
        raise StillPaused

    def _kind_of(self, day: date) -> StepKind:
        if self.calendar.is_working_day(day):
            return StepKind.MAKE_UP if self.calendar.is_make_up_day(day) else StepKind.COUNTED
        return StepKind.HOLIDAY if self.calendar.is_holiday(day) else StepKind.WEEKEND

    def _stopped_at(self, moment: datetime) -> bool:
        return any(stops <= moment < resumes for stops, resumes in self.stopped)

    def _day_step(self, kind: StepKind, day: date) -> Step:
        note = self.calendar.names.get(day, ("", "")) if kind is StepKind.HOLIDAY else ("", "")
        return Step(kind, begin_of_day(day), end_of_day(day), note=note)


def _step(
    kind: StepKind, first: datetime, last: datetime, limit: Limit | None = None, note: tuple[str, str] = ("", "")
) -> Step:
    return Step(kind, first.astimezone(COUNTY_TIME), last.astimezone(COUNTY_TIME), limit, note)


def _joined(steps: Iterable[Step]) -> list[Step]:
    """Days that follow one another and are alike become one stretch."""
    stretches: list[Step] = []
    for step in steps:
        before = stretches[-1] if stretches else step
        alike = replace(step, first=before.first, last=before.last) == before
        if stretches and alike and step.first - before.last <= _ONE_SECOND:
            stretches[-1] = replace(before, last=step.last)
        else:
            stretches.append(step)
    return stretches


def _pause_steps(pauses: Iterable[Pause], began: datetime, due: datetime) -> Iterator[Step]:
    """The pauses that lay between two moments. An open one that began later changes nothing any more."""
    for pause in pauses:
        if pause.end is not None and pause.start < due and pause.end > began:
            yield _step(StepKind.PAUSE, pause.start, pause.end, note=(pause.reason, pause.reason_en or pause.reason))
