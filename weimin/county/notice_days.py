"""A year's holiday notice: read from a table (date, works, name_zh, name_en), and the calendar as it would be."""

import csv
from calendar import Calendar as MonthGrid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from io import StringIO

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from weimin.kernel.calendar import Calendar

from . import queries
from .services.calendar import NoticeDay
from .shared.models import CalendarDay

Day = NoticeDay | CalendarDay

COLUMNS = ("date", "works", "name_zh", "name_en")
# What may be ticked by name: the holidays of the yearly notice.
HOLIDAYS = [
    ("New Year's Day", _("元旦")), ("Spring Festival", _("春节")), ("Tomb-sweeping Day", _("清明节")),
    ("Labour Day", _("劳动节")), ("Dragon Boat Festival", _("端午节")), ("Mid-autumn Festival", _("中秋节")),
    ("National Day", _("国庆节")),
]  # fmt: skip
_WORKS = {"1": True, "yes": True, "true": True, "上班": True, "0": False, "no": False, "false": False, "休息": False}


def read_notice(rows: Iterable[Mapping[str, str]], *, year: int, first: int = 2) -> tuple[list[NoticeDay], list[str]]:
    """The days, and a sentence for every line that cannot be used. `first` is the line of the first row."""
    days: dict[date, NoticeDay] = {}
    errors: list[str] = []
    for line, row in enumerate(rows, start=first):
        try:
            day = _day(row, year)
            if day.day in days:
                raise ValueError(f"{day.day} 已经写过 / is written twice")
            days[day.day] = day
        except ValueError as wrong:
            errors.append(f"第 {line} 行 / line {line}: {wrong}")
    return sorted(days.values(), key=lambda day: day.day), errors


def _day(row: Mapping[str, str], year: int) -> NoticeDay:
    missing = [name for name in COLUMNS if not row.get(name)]
    if missing:
        raise ValueError(f"缺少 / missing {', '.join(missing)}")
    try:
        day = date.fromisoformat(row["date"])
    except ValueError:
        raise ValueError(f"“{row['date']}”不是日期 / is no date: YYYY-MM-DD") from None
    works = _WORKS.get(row["works"].lower())
    if works is None:
        raise ValueError(f"“{row['works']}”：请写 yes（上班）或 no（休息） / write yes or no")
    if day.year != year:
        raise ValueError(f"{day} 不在 {year} 年 / is not in {year}")
    if works and day.weekday() < 5:
        raise ValueError(f"{day} 不是周末，不用调休 / is no weekend day to be worked")
    return NoticeDay(day, works, row["name_zh"], row["name_en"])


def named_day(day: date, *, works: bool, holiday: str) -> NoticeDay:
    """A day that was ticked, under the name of its holiday; an unknown name is the first of the list."""
    known = dict(HOLIDAYS)
    en = holiday if holiday in known else HOLIDAYS[0][0]
    with override("zh-hans"):
        zh = str(known[en])
    return NoticeDay(day, works, f"{zh}调休上班", f"{en} make-up day") if works else NoticeDay(day, works, zh, en)


def as_lines(days: Iterable[Day]) -> str:
    """The same table that read_notice reads, without its heading."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in sorted(days, key=lambda row: row.day):
        writer.writerow([row.day.isoformat(), "yes" if row.works else "no", row.name_zh, row.name_en])
    return out.getvalue()


def calendar_with(year: int, days: Iterable[Day]) -> Calendar:
    """The official calendar as it would be with this notice of the year in place of what stands for it."""
    standing = queries.calendar()
    rows = list(days)
    kept = {day: works for day, works in standing.days.items() if day.year != year}
    names = {day: name for day, name in standing.names.items() if day.year != year}
    return replace(
        standing,
        days=kept | {row.day: row.works for row in rows},
        names=names | {row.day: (row.name_zh, row.name_en) for row in rows},
        published_years=standing.published_years | {year},
    )


@dataclass(frozen=True)
class DayCell:
    """One day of a small month: REST by the notice, MADE_UP (worked at a weekend), WEEKEND, or PLAIN."""

    day: date
    mark: str
    name: tuple[str, str] = ("", "")


def months_of(year: int, calendar: Calendar) -> list[list[list[DayCell | None]]]:
    """Twelve months as weeks from Monday to Sunday; days of other months are None."""
    grid = MonthGrid()
    return [
        [[_cell(day, month, calendar) for day in week] for week in grid.monthdatescalendar(year, month)]
        for month in range(1, 13)
    ]


def _cell(day: date, month: int, calendar: Calendar) -> DayCell | None:
    if day.month != month:
        return None
    if calendar.is_make_up_day(day):
        mark = "MADE_UP"
    elif calendar.is_holiday(day):
        mark = "REST"
    else:
        mark = "PLAIN" if calendar.is_working_day(day) else "WEEKEND"
    return DayCell(day, mark, calendar.names.get(day, ("", "")))
