"""A year's holiday notice: read from a table (date, works, name_zh, name_en), and the calendar as it would be."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from weimin.kernel.calendar import Calendar

from . import queries
from .services.calendar import NoticeDay

_WORKS = {"1": True, "yes": True, "true": True, "上班": True, "0": False, "no": False, "false": False, "休息": False}


def read_notice(rows: Iterable[Mapping[str, str]], *, year: int) -> tuple[list[NoticeDay], list[str]]:
    """The days, and a sentence for every line that cannot be used."""
    days: dict[date, NoticeDay] = {}
    errors: list[str] = []
    for line, row in enumerate(rows, start=2):
        try:
            day = _day(row, year)
            if day.day in days:
                raise ValueError(f"{day.day} 已经写过 / is written twice")
            days[day.day] = day
        except ValueError as wrong:
            errors.append(f"第 {line} 行 / line {line}: {wrong}")
    return sorted(days.values(), key=lambda day: day.day), errors


def _day(row: Mapping[str, str], year: int) -> NoticeDay:
    missing = [name for name in ("date", "works", "name_zh", "name_en") if not row.get(name)]
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


def calendar_with(year: int, days: Iterable[NoticeDay]) -> Calendar:
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
