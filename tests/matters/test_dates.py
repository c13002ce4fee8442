"""Due moments that are counted once a day are those that would be counted anew, and never by a calendar of before."""

from datetime import date, timedelta

import pytest

from tests.cast import NOON
from weimin.county.services import enter_year
from weimin.county.services.calendar import NoticeDay
from weimin.kernel.kept import forget_all
from weimin.kernel.limits import Limit
from weimin.matters import clocks

pytestmark = pytest.mark.django_db
NEW_YEARS_EVE = NOON.replace(year=2026, month=12, day=31)
REST = NoticeDay(date(2027, 1, 4), False, "元旦", "New Year's Day")


@pytest.fixture(autouse=True)
def _fresh():
    forget_all()
    yield
    forget_all()


@pytest.mark.parametrize("limit", ["5W", "30N", "2H", "4WH"])
def test_they_are_what_is_counted_anew(cast, limit):
    starts = [NOON + timedelta(hours=hours) for hours in (-12.5, -4, 0, 3, 9, 11.9, 12, 40)]
    limit = Limit.parse(limit)
    for start in starts:
        counted = clocks.due(start, limit)
        told = clocks.dates().due(start, limit)
        assert (told.due, told.provisional) == (counted.due, counted.provisional)


def test_a_day_is_counted_once(cast, monkeypatch):
    dates, asked = clocks.dates(), []
    monkeypatch.setattr(clocks, "deadline", lambda *what, **how: asked.append(what))
    for minutes in range(3):
        dates.due(NOON + timedelta(minutes=minutes), Limit.parse("5W"))
    dates.due(NOON + timedelta(days=1), Limit.parse("5W"))
    assert len(asked) == 2
    assert clocks.dates() is dates


def test_a_year_that_is_entered_counts_at_once(cast):
    before = clocks.dates().due(NEW_YEARS_EVE, Limit.parse("2W"))
    assert before.provisional
    enter_year(year=2027, days=[REST], source="国办发明电〔2026〕1号", by=cast.keeper, now=NOON)
    after = clocks.dates().due(NEW_YEARS_EVE, Limit.parse("2W"))
    assert not after.provisional
    assert after.due == before.due + timedelta(days=1)
