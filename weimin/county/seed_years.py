"""The holiday notices of 2004 to 2026 as the package chinesecalendar keeps them: seed of the county's own table."""

from datetime import date

from chinese_calendar.constants import Holiday, holidays, workdays

from weimin.kernel.calendar import Calendar

from .services.calendar import NoticeDay

SOURCE = "国务院办公厅历年节假日安排通知（chinesecalendar 整理，2004–2026）"
_NAMES = {
    holiday.value: (holiday.chinese, holiday.value)
    for holiday in Holiday
    if holiday is not Holiday.anti_fascist_70th_day
} | {Holiday.anti_fascist_70th_day.value: ("抗战胜利70周年纪念日", "70th Anniversary of Victory Day")}


def seeded_years() -> dict[int, list[NoticeDay]]:
    """Every day that differs from the plain week or belongs to a holiday, by year."""
    days = [_rest(day, name) for day, name in holidays.items()] + [_worked(day, name) for day, name in workdays.items()]
    years: dict[int, list[NoticeDay]] = {}
    for row in sorted(days, key=lambda row: row.day):
        years.setdefault(row.day.year, []).append(row)
    return years


def seeded_calendar() -> Calendar:
    """The same as a calendar to count with, where no table has been filled yet."""
    years = seeded_years()
    rows = [row for year in years.values() for row in year]
    return Calendar(
        days={row.day: row.works for row in rows},
        names={row.day: (row.name_zh, row.name_en) for row in rows},
        published_years=frozenset(years),
    )


def _rest(day: date, name: str) -> NoticeDay:
    zh, en = _NAMES[name]
    return NoticeDay(day, False, zh, en)


def _worked(day: date, name: str) -> NoticeDay:
    zh, en = _NAMES[name]
    return NoticeDay(day, True, f"{zh}调休上班", f"{en} make-up day")
