"""The official calendar: a year's holiday notice, entered day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from .. import queries
from ..actors import Actor
from ..shared.models import CalendarDay, CalendarYear
from .gate import who_configures

_SATURDAY = 5


@dataclass(frozen=True)
class NoticeDay:
    """One line of a notice: a rest day with its name, or a weekend day that is worked."""

    day: date
    works: bool
    name_zh: str
    name_en: str


@transaction.atomic
def enter_year(*, year: int, days: Iterable[NoticeDay], source: str, by: Actor, now: datetime) -> None:
    """Enter the holiday notice of a year, or enter it anew after a correction.

    Before: published or not. After: exactly these days differ from the plain week, and the year counts as published;
    open clocks that touch it are counted again by the caller. Who: CONFIGURE.
    """
    who = who_configures(by)
    rows = sorted(days, key=lambda row: row.day)
    _check_year(year, rows, source)
    _write({year: rows}, source, now)
    content = {"year": year, "source": source, "days": [[row.day, row.works] for row in rows]}
    record(what="county.enter_year", about=f"year:{year}", by=who, at=now, content=content)


@transaction.atomic
def seed_years(*, years: dict[int, list[NoticeDay]], source: str, by: Actor, now: datetime) -> list[int]:
    """Fill an empty calendar with the notices of past years; years already entered stay as they are.

    Before: some years missing. After: these are entered; returns them. Who: CONFIGURE.
    """
    who = who_configures(by)
    known = set(CalendarYear.objects.values_list("year", flat=True))
    missing = {year: rows for year, rows in years.items() if year not in known}
    if missing:
        _write(missing, source, now)
        content = {"years": sorted(missing), "source": source}
        record(what="county.seed_years", about="calendar:seed", by=who, at=now, content=content)
    return sorted(missing)


def _check_year(year: int, rows: list[NoticeDay], source: str) -> None:
    if not 1970 <= year <= 2200:
        raise Refused("BAD_YEAR", _("年份要在 1970 到 2200 之间。"), field="year")
    if not source.strip():
        raise Refused("NO_SOURCE", _("请写明放假通知的文号或来源。"), field="source")
    if not rows:
        raise Refused("NO_DAYS", _("通知里没有任何一天，请检查文件。"), field="days")
    if len({row.day for row in rows}) != len(rows):
        raise Refused("DAY_TWICE", _("有的日子写了两次，请检查文件。"), field="days")
    for row in rows:
        if row.day.year != year:
            raise Refused("OTHER_YEAR", _("%(day)s 不在 %(year)s 年。") % {"day": row.day, "year": year}, field="days")
        if row.works and row.day.weekday() < _SATURDAY:
            raise Refused("NOT_A_WEEKEND", _("%(day)s 不是周末，不用调休上班。") % {"day": row.day}, field="days")


def _write(years: dict[int, list[NoticeDay]], source: str, now: datetime) -> None:
    for year in years:
        CalendarDay.objects.filter(day__year=year).delete()
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(day=row.day, works=row.works, name_zh=row.name_zh, name_en=row.name_en)
            for rows in years.values()
            for row in rows
        ]
    )
    CalendarYear.objects.bulk_create(
        [CalendarYear(year=year, source=source.strip(), entered_at=now) for year in years],
        update_conflicts=True,
        update_fields=["source", "entered_at"],
        unique_fields=["year"],
    )
    # The kept copy is of the old days. A rolled-back transaction costs one more reading, nothing else.
    queries.calendar.forget()
