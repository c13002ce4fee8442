"""The official calendar: seeded, entered, corrected, and read anew at once."""

import json
from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.cast import NOON
from weimin.county import queries
from weimin.county.actors import IMPORT
from weimin.county.notice_days import read_notice
from weimin.county.seed_years import seeded_calendar, seeded_years
from weimin.county.services import enter_year, seed_years
from weimin.county.services.calendar import NoticeDay
from weimin.county.shared.models import CalendarDay, CalendarYear
from weimin.kernel.kept import forget_all
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.matters.states import State

pytestmark = pytest.mark.django_db
REST_2027 = NoticeDay(date(2027, 1, 1), False, "元旦", "New Year's Day")
WORK_2027 = NoticeDay(date(2027, 1, 3), True, "元旦调休上班", "New Year make-up day")


@pytest.fixture(autouse=True)
def _fresh():
    forget_all()
    yield
    forget_all()


def deadline(*words: str) -> dict:
    out = StringIO()
    call_command("deadline", *words, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_the_seed_agrees_with_the_notices_of_the_state_council():
    calendar = seeded_calendar()
    assert calendar.published_years == frozenset(range(2004, 2027))
    assert not calendar.is_working_day(date(2026, 2, 17))
    assert calendar.is_working_day(date(2026, 2, 14))  # a Saturday, worked for the Spring Festival
    assert calendar.names[date(2026, 10, 1)] == ("国庆节", "National Day")
    assert len(seeded_years()[2026]) == 39


def test_seeding_twice_enters_once():
    entered = seed_years(years=seeded_years(), source="x", by=IMPORT, now=NOON)
    assert entered == list(range(2004, 2027))
    assert seed_years(years=seeded_years(), source="x", by=IMPORT, now=NOON) == []
    assert CalendarYear.objects.count() == 23
    assert [entry.what for entry in Entry.objects.all()] == ["county.seed_years"]


def test_the_kept_calendar_costs_nothing_and_is_forgotten_when_a_year_is_entered(cast, django_assert_num_queries):
    assert not queries.calendar().is_published(2027)
    with django_assert_num_queries(0):
        queries.calendar()
    enter_year(year=2027, days=[REST_2027, WORK_2027], source="国办发明电〔2026〕1号", by=cast.keeper, now=NOON)
    assert queries.calendar().is_published(2027)
    assert queries.calendar().is_working_day(WORK_2027.day)


def test_a_correction_replaces_the_whole_year(cast):
    enter_year(year=2027, days=[REST_2027, WORK_2027], source="第一版", by=cast.keeper, now=NOON)
    enter_year(year=2027, days=[REST_2027], source="更正", by=cast.keeper, now=NOON)
    assert [row.day for row in CalendarDay.objects.filter(day__year=2027)] == [REST_2027.day]
    assert CalendarYear.objects.get(year=2027).source == "更正"
    assert Entry.objects.filter(what="county.enter_year", about="year:2027").count() == 2


@pytest.mark.parametrize(
    ("days", "source", "code"),
    [
        ([], "x", "NO_DAYS"),
        ([REST_2027], " ", "NO_SOURCE"),
        ([REST_2027, REST_2027], "x", "DAY_TWICE"),
        ([NoticeDay(date(2026, 12, 31), False, "a", "a")], "x", "OTHER_YEAR"),
        ([NoticeDay(date(2027, 1, 4), True, "a", "a")], "x", "NOT_A_WEEKEND"),
    ],
)
def test_a_notice_that_cannot_be_right_changes_nothing(cast, days, source, code):
    with pytest.raises(Refused) as refused:
        enter_year(year=2027, days=days, source=source, by=cast.keeper, now=NOON)
    assert (refused.value.code, CalendarYear.objects.filter(year=2027).exists()) == (code, False)


def test_a_clerk_does_not_enter_years(cast):
    with pytest.raises(Refused):
        enter_year(year=2027, days=[REST_2027], source="x", by=cast.li, now=NOON)


def test_every_wrong_line_is_told_with_its_number():
    rows = [
        {"date": "2027-01-01", "works": "no", "name_zh": "元旦", "name_en": "New Year"},
        {"date": "2027-02-30", "works": "no", "name_zh": "春节", "name_en": "Spring"},
        {"date": "2027-01-01", "works": "no", "name_zh": "元旦", "name_en": "New Year"},
        {"date": "2027-01-04", "works": "yes", "name_zh": "元旦", "name_en": "New Year"},
        {"date": "2027-01-02", "works": "maybe", "name_zh": "元旦", "name_en": "New Year"},
        {"date": "2026-01-02", "works": "no", "name_zh": "元旦", "name_en": "New Year"},
        {"date": "2027-01-02", "works": "", "name_zh": "元旦", "name_en": ""},
    ]
    days, errors = read_notice(rows, year=2027)
    assert [day.day for day in days] == [date(2027, 1, 1)]
    assert [error[:5] for error in errors] == ["第 3 行", "第 4 行", "第 5 行", "第 6 行", "第 7 行", "第 8 行"]
    assert errors[-1] == "第 8 行 / line 8: 缺少 / missing works, name_en"


def test_importing_the_notice_lists_the_matters_whose_date_was_counted_anew(cast, tmp_path):
    late_in_the_year = datetime(2026, 12, 30, 9, tzinfo=NOON.tzinfo)
    matter = cast.matter(State.RECEIVED, now=late_in_the_year)
    assert (matter.clock_provisional, matter.clock_due_at.date()) == (True, date(2027, 1, 6))
    notice = tmp_path / "2027.csv"
    notice.write_text("date,works,name_zh,name_en\n2027-01-01,no,元旦,New Year's Day\n", encoding="utf-8-sig")
    told = StringIO()
    call_command("import_calendar", notice, "--year", "2027", "--source", "国办通知", "--dry-run", stdout=told)
    matter.refresh_from_db()
    assert (matter.clock_provisional, matter.number in told.getvalue()) == (True, True)
    told = StringIO()
    call_command("import_calendar", notice, "--year", "2027", "--source", "国办通知", stdout=told)
    matter.refresh_from_db()
    assert (matter.clock_provisional, matter.clock_due_at.date()) == (False, date(2027, 1, 7))
    assert told.getvalue().splitlines()[1:] == [f"{matter.number} 2027-01-06 → 2027-01-07"]


def test_a_file_with_a_wrong_line_enters_nothing(cast, tmp_path):
    notice = tmp_path / "2027.csv"
    notice.write_text("date,works,name_zh,name_en\n2027-13-01,no,元旦,New Year's Day\n")
    with pytest.raises(CommandError, match="第 2 行"):
        call_command("import_calendar", notice, "--year", "2027", "--source", "国办通知")
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_deadline_over_the_national_day_holiday():
    answer = deadline("--start", "2026-09-29T16:20:00+08:00", "--limit", "5W")
    assert (answer["due"], answer["provisional"]) == ("2026-10-12T23:59:59+08:00", False)
    assert set(answer["explanation"]) == {"zh", "en"}
    assert any("调休上班" in sentence for sentence in answer["explanation"]["zh"])


def test_deadline_with_pauses_and_an_extension():
    answer = deadline(
        "--start", "2026-11-02T09:00:00+08:00", "--limit", "5W",
        "--pause", "2026-11-03T09:00:00+08:00/2026-11-04T09:00:00+08:00",
        "--pause", "2026-11-05T09:00:00+08:00/2026-11-06T09:00:00+08:00", "--extend", "5W",
    )  # fmt: skip
    assert answer["due"] == "2026-11-18T23:59:59+08:00"


def test_deadline_counts_by_the_countys_own_table(cast):
    assert deadline("--start", "2026-12-31T09:00:00+08:00", "--limit", "1W")["provisional"]
    enter_year(year=2027, days=[REST_2027, WORK_2027], source="x", by=cast.keeper, now=NOON)
    answer = deadline("--start", "2026-12-31T09:00:00+08:00", "--limit", "1W")
    assert (answer["due"], answer["provisional"]) == ("2027-01-03T23:59:59+08:00", False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start", "2026-02-30T09:00:00+08:00", "--limit", "5W"], "不是一个时间"),
        (["--start", "2026-02-20T09:00:00", "--limit", "5W"], "没有写时区"),
        (["--start", "2026-02-20T09:00:00+08:00", "--limit", "five"], "不是期限"),
        (["--start", "2026-02-20T09:00:00+08:00", "--limit", "5W", "--pause", "tomorrow"], "两个时间"),
        (["--start", "1926-02-20T09:00:00+08:00", "--limit", "5W"], "年份要在"),
        (
            ["--start", "2026-02-20T09:00:00+08:00", "--limit", "5W",
             "--pause", "2026-02-22T09:00:00+08:00/2026-02-21T09:00:00+08:00"],
            "不能早于开始",
        ),
    ],
)  # fmt: skip
def test_deadline_tells_what_is_wrong_and_leaves_with_two(words, said):
    with pytest.raises(CommandError, match=said) as wrong:
        deadline(*words)
    assert wrong.value.returncode == 2
