"""The official calendar: which days the county works, and in which hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from weimin.kernel.clock import COUNTY_TIME

_SATURDAY = 5
_OFFICE_HOURS = ((time(9), time(12)), (time(13, 30), time(17, 30)))


@dataclass(frozen=True)
class WorkingHours:
    """The spans of a day in which offices are open, in order and apart."""

    spans: tuple[tuple[time, time], ...] = _OFFICE_HOURS

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or edges != sorted(set(edges)):
            raise ValueError("Working hours need at least one span, in order, none touching the next.")

    def on(self, day: date) -> list[tuple[datetime, datetime]]:
        return [
            (datetime.combine(day, opens, COUNTY_TIME), datetime.combine(day, closes, COUNTY_TIME))
            for opens, closes in self.spans
        ]


@dataclass(frozen=True)
class Calendar:
    """Weekends are rest days, all other days are worked, but for the exceptions that the yearly notice lists.

    `days`: the exceptions, True a make-up workday (调休上班), False a rest day. `names`: what people call a holiday, in
    zh and en; name its weekend days too, so that it is told as one stretch. A year nobody has announced yet is still
    counted, by weekends alone, and whatever touches it is provisional.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    published_years: frozenset[int] = frozenset()
    hours: WorkingHours = field(default_factory=WorkingHours)
    names: Mapping[date, tuple[str, str]] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < _SATURDAY)

    def is_make_up_day(self, day: date) -> bool:
        return self.is_working_day(day) and day.weekday() >= _SATURDAY

    def is_holiday(self, day: date) -> bool:
        """A rest day people would call a holiday, and not just a weekend."""
        return not self.is_working_day(day) and (day.weekday() < _SATURDAY or day in self.names)

    def is_published(self, year: int) -> bool:
        return year in self.published_years
