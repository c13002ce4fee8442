"""The official calendar of 2004–2026, as the package chinesecalendar knows it: the outside judge of these tests."""

from datetime import date, datetime

import chinese_calendar

from weimin.kernel.limits import Limit
from weimin.kernel.working_time import Calendar, Deadline, Pause, deadline

_ZH = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
OFFICIAL = Calendar(
    days=dict.fromkeys(chinese_calendar.holidays, False) | dict.fromkeys(chinese_calendar.workdays, True),
    published_years=frozenset(range(2004, 2027)),
    names={day: (_ZH[name], name) for day, name in chinese_calendar.holidays.items()},
)


def at(text: str) -> datetime:
    """A moment in county time: "2026-09-29 16:20"."""
    return datetime.fromisoformat(f"{text}+08:00")


def due(start: str, limit: str, *, pauses: tuple[tuple[str, str | None], ...] = (), extend: str = "") -> Deadline:
    stopped = [Pause(at(first), last and at(last), "等您补充材料", "we wait for your papers") for first, last in pauses]
    extension = Limit.parse(extend) if extend else None
    return deadline(at(start), Limit.parse(limit), calendar=OFFICIAL, pauses=stopped, extension=extension)


def written(answer: Deadline) -> str:
    return answer.due.strftime("%Y-%m-%d %H:%M:%S")


def judged_working(day: date) -> bool:
    return chinese_calendar.is_workday(day)
