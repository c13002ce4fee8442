"""The clock and the county's days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from weimin.kernel import clock
from weimin.kernel.privacy import OPEN, PERSONAL, SECRET


def test_now_is_aware_and_in_utc():
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_changes_at_midnight_in_the_county(moment, day):
    assert clock.county_day(moment) == day
    assert clock.begin_of_day(day) <= moment <= clock.end_of_day(day)


def test_a_moment_without_time_zone_has_no_day():
    with pytest.raises(ValueError, match="time zone"):
        clock.county_day(datetime(2026, 11, 23))  # noqa: DTZ001 -- the fault tried


def test_the_three_privacy_words():
    assert (OPEN, PERSONAL, SECRET) == ("open", "personal", "secret")
