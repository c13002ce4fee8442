"""Due moments: judged by chinesecalendar day by day, worked by hand where the law is fine, and by properties."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernel.official import OFFICIAL, at, due, judged_working, written
from weimin.kernel.clock import county_day, end_of_day
from weimin.kernel.limits import Limit, Unit
from weimin.kernel.working_time import (
    Calendar,
    Pause,
    StepKind,
    StillPaused,
    WorkingHours,
    WrongMoment,
    deadline,
    elapsed_working,
    remaining,
)

DAYS = [date(2019, 1, 1) + timedelta(days=n) for n in range((date(2026, 12, 31) - date(2019, 1, 1)).days + 1)]
WORKED = [day for day in DAYS if judged_working(day)]


def test_every_day_of_eight_years_is_judged_alike():
    assert [day for day in DAYS if OFFICIAL.is_working_day(day)] == WORKED
    assert len(DAYS) == 2922
    assert len(WORKED) == 1994


@pytest.mark.parametrize("amount", [1, 5, 15, 20])
def test_working_days_agree_with_a_count_by_hand_from_every_day(amount):
    for day in DAYS[:-60]:
        answer = deadline(at(f"{day} 16:20"), Limit(amount, Unit.W), calendar=OFFICIAL)
        assert county_day(answer.due) == WORKED[bisect_right(WORKED, day) + amount - 1], day
        assert answer.provisional is False


@pytest.mark.parametrize("amount", [15, 30, 60])
def test_natural_days_end_on_the_first_working_day_from_the_last_day_on(amount):
    for day in DAYS[:-90:3]:
        last = day + timedelta(days=amount)
        answer = deadline(at(f"{day} 09:00"), Limit(amount, Unit.N), calendar=OFFICIAL)
        assert county_day(answer.due) == WORKED[bisect_right(WORKED, last - timedelta(days=1))], day


@pytest.mark.parametrize(
    ("start", "limit", "answer", "provisional"),
    [
        # National Day 2026: seven days off, Saturday 10 October worked.
        ("2026-09-29 16:20", "5W", "2026-10-12 23:59:59", False),
        ("2026-09-30 23:59", "1W", "2026-10-08 23:59:59", False),
        ("2026-10-01 00:00", "1W", "2026-10-08 23:59:59", False),
        ("2026-10-08 08:00", "3W", "2026-10-12 23:59:59", False),
        # Sunday 20 September is worked for National Day; 25–27 September is Mid-autumn.
        ("2026-09-18 09:00", "1W", "2026-09-20 23:59:59", False),
        ("2026-09-18 09:00", "6W", "2026-09-28 23:59:59", False),
        # Spring Festival 2026: Saturday 14 and Saturday 28 February worked, 15–23 off.
        ("2026-02-13 10:00", "1W", "2026-02-14 23:59:59", False),
        ("2026-02-13 10:00", "2W", "2026-02-24 23:59:59", False),
        ("2026-02-13 10:00", "6W", "2026-02-28 23:59:59", False),
        # Natural days: counted through, rolled when the last day rests.
        ("2026-09-01 10:00", "30N", "2026-10-08 23:59:59", False),
        ("2026-09-10 10:00", "30N", "2026-10-10 23:59:59", False),
        ("2026-02-01 10:00", "15N", "2026-02-24 23:59:59", False),
        # Over the year's end nobody has announced yet.
        ("2026-12-28 10:00", "3W", "2026-12-31 23:59:59", False),
        ("2026-12-29 10:00", "5W", "2027-01-05 23:59:59", True),
        ("2026-12-02 10:00", "30N", "2027-01-01 23:59:59", True),
        ("2026-12-31 20:00", "24H", "2027-01-01 20:00:00", False),
        ("2026-12-31 16:30", "2WH", "2027-01-01 10:00:00", True),
        # Hours by day and by night; hours of the office.
        ("2026-10-03 23:30", "2H", "2026-10-04 01:30:00", False),
        ("2026-09-29 16:20", "4WH", "2026-09-30 11:50:00", False),
        ("2026-09-29 11:00", "1WH", "2026-09-29 12:00:00", False),
        ("2026-09-29 12:30", "1WH", "2026-09-29 14:30:00", False),
        ("2026-09-29 06:00", "7WH", "2026-09-29 17:30:00", False),
        ("2026-09-30 17:30", "1WH", "2026-10-08 10:00:00", False),
        ("2026-10-03 10:00", "1WH", "2026-10-08 10:00:00", False),
        # The longest limit, from a year before any calendar.
        ("1999-12-31 10:00", "9999W", "2039-04-25 23:59:59", True),
    ],
)
def test_worked_dates(start, limit, answer, provisional):
    found = due(start, limit)
    assert (written(found), found.provisional) == (answer, provisional)


@pytest.mark.parametrize(
    ("limit", "pauses", "answer"),
    [
        # Wednesday 30 September ends paused, Thursday 8 October too; Friday 9 October ends running and counts.
        ("5W", (("2026-09-30 10:00", "2026-10-09 15:00"),), "2026-10-14 23:59:59"),
        # Begun and ended on one day: that day still ends with the clock running.
        ("5W", (("2026-09-30 10:00", "2026-09-30 15:00"),), "2026-10-12 23:59:59"),
        # Only rest days in between.
        ("5W", (("2026-10-01 10:00", "2026-10-07 15:00"),), "2026-10-12 23:59:59"),
        # Over what would have been the last day: it moves to the day of resuming.
        ("5W", (("2026-10-12 16:00", "2026-10-15 09:00"),), "2026-10-15 23:59:59"),
        # Before the start and after the end nothing changes.
        (
            "5W",
            (("2026-09-20 10:00", "2026-09-29 16:00"), ("2026-10-13 09:00", "2026-11-01 09:00")),
            "2026-10-12 23:59:59",
        ),
        # Overlapping pauses are not counted twice.
        (
            "5W",
            (("2026-09-30 10:00", "2026-10-09 15:00"), ("2026-10-08 10:00", "2026-10-09 16:00")),
            "2026-10-14 23:59:59",
        ),
        ("30N", (("2026-10-10 10:00", "2026-10-15 10:00"),), "2026-11-03 23:59:59"),
        # Thirty days end on Thursday 29 October; paused from that evening, it ends when the clock runs again.
        ("30N", (("2026-10-29 18:00", "2026-11-02 10:00"),), "2026-11-02 23:59:59"),
        (
            "24H",
            (("2026-09-29 18:00", "2026-09-29 19:30"), ("2026-09-29 19:00", "2026-09-29 20:00")),
            "2026-09-30 18:20:00",
        ),
        ("4WH", (("2026-09-29 17:00", "2026-09-30 09:30"),), "2026-09-30 14:20:00"),
        ("4WH", (("2026-09-29 10:00", "2026-10-08 09:00"),), "2026-10-08 14:30:00"),
        # The clock runs out at the very moment the pause begins.
        ("2H", (("2026-09-29 18:20", "2026-10-29 18:20"),), "2026-09-29 18:20:00"),
    ],
)
def test_pauses_are_left_out(limit, pauses, answer):
    assert written(due("2026-09-29 16:20", limit, pauses=pauses)) == answer
    assert written(due("2026-09-29 16:20", limit, pauses=pauses[::-1])) == answer


@pytest.mark.parametrize(
    ("limit", "extend", "answer"),
    [
        ("5W", "10W", "2026-10-26 23:59:59"),
        ("5W", "30N", "2026-11-11 23:59:59"),
        ("5W", "2H", "2026-10-13 01:59:59"),
        ("5W", "2WH", "2026-10-13 11:00:00"),
        ("2H", "1W", "2026-09-30 23:59:59"),
        # 60 days end on Saturday 28 November and roll to Monday; 30 more end on Wednesday 30 December.
        ("60N", "30N", "2026-12-30 23:59:59"),
    ],
)
def test_an_extension_is_counted_from_the_first_due_day(limit, extend, answer):
    assert written(due("2026-09-29 16:20", limit, extend=extend)) == answer


def test_an_extension_into_an_unpublished_year_is_provisional():
    assert due("2026-12-01 10:00", "20W").provisional is False
    assert due("2026-12-01 10:00", "20W", extend="10W").provisional is True


@pytest.mark.parametrize("limit", ["5W", "30N", "24H", "8WH"])
def test_an_open_pause_leaves_no_due_moment(limit):
    with pytest.raises(StillPaused, match="once it runs again"):
        due("2026-09-29 16:20", limit, pauses=(("2026-09-29 16:30", None),))


@pytest.mark.parametrize(("limit", "answer"), [("1W", "2026-09-30 23:59:59"), ("2H", "2026-09-29 18:20:00")])
def test_an_open_pause_after_the_clock_ran_out_changes_nothing(limit, answer):
    assert written(due("2026-09-29 16:20", limit, pauses=(("2026-10-20 09:00", None),))) == answer


def test_an_open_pause_on_the_day_before_a_roll_leaves_no_due_moment():
    with pytest.raises(StillPaused):
        due("2026-09-01 10:00", "30N", pauses=(("2026-10-02 10:00", None),))


def test_moments_that_cannot_be_counted_are_refused():
    with pytest.raises(WrongMoment, match="time zone"):
        deadline(datetime(2026, 9, 29, 16, 20), Limit(5, Unit.W), calendar=OFFICIAL)  # noqa: DTZ001 -- the fault tried
    with pytest.raises(WrongMoment, match="between 1970 and 2200"):
        deadline(datetime(9999, 12, 31, tzinfo=UTC), Limit(9999, Unit.W), calendar=OFFICIAL)
    with pytest.raises(WrongMoment, match="before it begins"):
        Pause(at("2026-09-30 10:00"), at("2026-09-29 10:00"), "")


def test_the_last_possible_moment_still_has_an_answer():
    answer = deadline(datetime(2200, 12, 31, tzinfo=UTC), Limit(9999, Unit.W), calendar=OFFICIAL)
    assert answer.provisional is True


def test_working_hours_must_be_in_order():
    nine, noon, one = (datetime(2026, 1, 1, hour, tzinfo=UTC).time() for hour in (9, 12, 13))
    for spans in [(), ((noon, nine),), ((nine, noon), (noon, one))]:
        with pytest.raises(ValueError, match="in order"):
            WorkingHours(spans)


def test_a_start_in_another_time_zone_belongs_to_the_county_s_day():
    late = datetime(2026, 9, 29, 16, 30, tzinfo=UTC)  # half past midnight of the 30th in the county
    assert written(deadline(late, Limit(1, Unit.W), calendar=OFFICIAL)) == "2026-10-08 23:59:59"


@pytest.mark.parametrize(
    ("due_at", "now", "zh", "en"),
    [
        ("2026-10-12 23:59:59", "2026-10-08 10:00", "还剩 3 个工作日", "3 working days left"),
        ("2026-10-12 23:59:59", "2026-10-10 10:00", "还剩 1 个工作日", "1 working day left"),
        ("2026-10-12 23:59:59", "2026-10-12 23:00", "今天到期", "due today"),
        ("2026-10-12 23:59:59", "2026-10-13 00:01", "已超过期限 1 天", "1 day late"),
        ("2026-10-12 23:59:59", "2026-10-14 10:00", "已超过期限 2 天", "2 days late"),
        ("2026-10-04 12:00:00", "2026-10-01 10:00", "还剩 3 天", "3 days left"),
        ("2026-09-29 18:20:00", "2026-09-29 16:20", "还剩 2 小时", "2 hours left"),
        ("2026-09-29 18:20:00", "2026-09-29 17:55", "还剩 25 分钟", "25 minutes left"),
        ("2026-09-29 18:20:00", "2026-09-29 18:50", "已超过期限不到 1 小时", "less than an hour late"),
        ("2026-09-29 23:20:00", "2026-09-30 01:20", "已超过期限 2 小时", "2 hours late"),
        ("2026-09-29 18:20:00", "2026-10-01 18:20", "已超过期限 2 天", "2 days late"),
    ],
)
def test_what_remains_is_said_in_words(due_at, now, zh, en):
    assert remaining(at(due_at), at(now), OFFICIAL) == zh
    assert remaining(at(due_at), at(now), OFFICIAL, language="en") == en


def test_elapsed_working_days_leave_out_the_day_of_start():
    assert elapsed_working(at("2026-09-29 16:20"), at("2026-10-12 10:00"), OFFICIAL) == 5
    assert elapsed_working(at("2026-09-29 08:00"), at("2026-09-29 18:00"), OFFICIAL) == 0
    assert elapsed_working(at("2026-10-12 08:00"), at("2026-09-29 18:00"), OFFICIAL) == 0


LIMITS = st.builds(Limit, st.integers(1, 40), st.sampled_from(Unit))
MINUTE = timedelta(minutes=1)
STARTS = st.integers(0, 3 * 525_600).map(lambda minutes: at("2024-01-01 00:00") + minutes * MINUTE)


@st.composite
def starts_with_pauses(draw):
    start = draw(STARTS)
    offsets = st.tuples(st.integers(-3_000, 60_000), st.integers(0, 20_000))
    pauses = [
        Pause(start + first * MINUTE, start + (first + length) * MINUTE, "等您补充材料")
        for first, length in draw(st.lists(offsets, min_size=1, max_size=4))
    ]
    return start, pauses


@given(starts_with_pauses(), LIMITS)
def test_due_is_never_before_the_start_nor_inside_a_pause(drawn, limit):
    start, pauses = drawn
    answer = deadline(start, limit, calendar=OFFICIAL, pauses=pauses)
    assert answer.due > start
    if limit.unit in (Unit.W, Unit.N):
        assert OFFICIAL.is_working_day(county_day(answer.due))
        assert answer.due == end_of_day(county_day(answer.due))
    assert not any(pause.start < answer.due < pause.end for pause in pauses)


@given(starts_with_pauses(), LIMITS)
def test_a_larger_amount_is_never_due_earlier(drawn, limit):
    start, pauses = drawn
    dues = [deadline(start, Limit(n, limit.unit), calendar=OFFICIAL, pauses=pauses).due for n in range(1, limit.amount)]
    assert all(first <= second for first, second in pairwise(dues))


@given(starts_with_pauses(), LIMITS, LIMITS)
def test_one_more_pause_and_an_extension_never_make_it_earlier(drawn, limit, extension):
    start, pauses = drawn
    with_all = deadline(start, limit, calendar=OFFICIAL, pauses=pauses)
    with_fewer = deadline(start, limit, calendar=OFFICIAL, pauses=pauses[1:])
    extended = deadline(start, limit, calendar=OFFICIAL, pauses=pauses, extension=extension)
    assert with_fewer.due <= with_all.due < extended.due


@given(starts_with_pauses(), LIMITS)
def test_the_steps_add_up_to_the_limit(drawn, limit):
    start, pauses = drawn
    answer = deadline(start, limit, calendar=OFFICIAL, pauses=pauses)
    counted = [step for step in answer.steps if step.kind in (StepKind.COUNTED, StepKind.MAKE_UP)]
    if limit.unit in (Unit.W, Unit.N):
        days = [day for step in counted for day in step.days]
        assert len(days) == len(set(days)) == limit.amount
    else:
        assert sum((step.last - step.first for step in counted), timedelta()) == timedelta(hours=limit.amount)


@given(STARTS, LIMITS)
def test_without_any_calendar_weekends_alone_count_and_the_answer_is_provisional(start, limit):
    answer = deadline(start, limit, calendar=Calendar())
    assert answer.provisional is (limit.unit is not Unit.H)
    if limit.unit in (Unit.W, Unit.N):
        assert answer.due.weekday() < 5
