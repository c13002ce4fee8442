"""Every date can be told at the kitchen table, in both languages."""

import re
from dataclasses import replace

import pytest

from tests.kernel.official import due
from weimin.kernel.explanation import day_words, explain
from weimin.kernel.working_time import Calendar, StepKind, deadline


def test_national_day_is_told_in_chinese():
    assert explain(due("2026-09-29 16:20", "5W"), "zh-hans") == [
        "从 9 月 29 日（周二）收到的第二天算起，期限是 5 个工作日。",
        "算在内的是 9 月 30 日（周三）、10 月 8 日（周四）、10 月 9 日（周五）、"
        "10 月 10 日（周六）、10 月 12 日（周一）。",
        "10 月 10 日（周六）虽是周末，但按国家安排调休上班，也算在内。",
        "10 月 1 日（周四）到 10 月 7 日（周三）是国庆节放假，不算。",
        "10 月 11 日（周日）是周末，不算。",
        "所以，最迟在 10 月 12 日（周一）结束以前，也就是当晚 12 点前。",
    ]


def test_national_day_is_told_in_english():
    assert explain(due("2026-09-29 16:20", "5W"), "en") == [
        "The limit is 5 working days, counted from the day after Tuesday 29 September, when it was received.",
        "What counts: Wednesday 30 September, Thursday 8 October, Friday 9 October, Saturday 10 October, "
        "Monday 12 October.",
        "Although at a weekend, Saturday 10 October is an official make-up working day and counts.",
        "Thursday 1 October to Wednesday 7 October: National Day holiday, not counted.",
        "Weekend days are not counted: Sunday 11 October.",
        "So it is due by the end of Monday 12 October.",
    ]


def test_a_pause_is_told_with_its_reason_and_the_days_it_took():
    answer = due("2026-09-29 16:20", "5W", pauses=(("2026-09-30 10:00", "2026-10-09 15:00"),))
    assert explain(answer, "zh")[5:7] == [
        "9 月 30 日（周三）10:00 到 10 月 9 日（周五）15:00 暂停计时，原因是等您补充材料。",
        "其中有 2 天因此不计入：一天结束时还停着的，这一天不算；恢复的当天要算。",
    ]
    assert explain(answer, "en")[5:7] == [
        "The clock was stopped from Wednesday 30 September 10:00 to Friday 9 October 15:00. "
        "Reason: we wait for your papers.",
        "Days left out for this: 2. A day is left out when the clock is still stopped as the day ends; "
        "the day on which it runs again counts.",
    ]


def test_a_pause_within_one_day_says_that_nothing_changed():
    answer = due("2026-09-29 16:20", "5W", pauses=(("2026-09-30 10:00", "2026-09-30 15:00"),))
    assert "暂停没有占用要算的日子，日期不变。" in explain(answer, "zh")


def test_a_pause_without_a_reason_is_told_without_one():
    answer = due("2026-09-29 16:20", "5W", pauses=(("2026-09-30 10:00", "2026-10-09 15:00"),))
    silent = replace(answer, steps=tuple(replace(step, note=("", "")) for step in answer.steps))
    assert "9 月 30 日（周三）10:00 到 10 月 9 日（周五）15:00 暂停计时。" in explain(silent, "zh")


def test_a_rolled_last_day_an_extension_and_an_unpublished_year_are_told():
    assert explain(due("2026-11-03 10:00", "60N", extend="30N"), "zh") == [
        "从 11 月 3 日（周二）收到的第二天算起，期限是 60 日，中间的休息日也算在内。",
        "从 11 月 4 日（周三）数到 2027 年 1 月 2 日（周六），正好 60 天。",
        "数满的那天 2027 年 1 月 2 日（周六）逢休息日，顺延到之后的第一个工作日 2027 年 1 月 4 日（周一）。",
        "经批准延长一次，从 2027 年 1 月 4 日（周一）的第二天起再算 30 日，中间的休息日也算在内。",
        "从 2027 年 1 月 5 日（周二）数到 2027 年 2 月 3 日（周三），正好 30 天。",
        "所以，最迟在 2027 年 2 月 3 日（周三）结束以前，也就是当晚 12 点前。",
        "国家还没有公布 2027 年的放假安排，这个日期先按平常的周末推算，公布以后我们重新计算。",
    ]


def test_hours_are_told_by_the_clock():
    paused = due("2026-09-29 16:20", "4WH", pauses=(("2026-09-29 17:00", "2026-09-30 09:30"),))
    assert explain(paused, "zh", event="受理") == [
        "从 9 月 29 日（周二）16:20 受理时算起，期限是 4 个工作小时，只算上班的时间。",
        "算在内的是 9 月 29 日（周二）16:20–17:00、9 月 30 日（周三）09:30–12:00、9 月 30 日（周三）13:30–14:20。",
        "9 月 29 日（周二）17:00 到 9 月 30 日（周三）09:30 暂停计时，原因是等您补充材料。",
        "暂停的时间不计入期限。",
        "所以，最迟在 9 月 30 日（周三）14:20 以前。",
    ]
    assert explain(due("2026-09-29 16:20", "2H"), "en") == [
        "The limit is 2 hours, counted from Tuesday 29 September 16:20, when it was received; "
        "nights and rest days count too.",
        "So it is due by Tuesday 29 September 18:20.",
    ]


def test_a_holiday_without_a_name_is_still_told():
    named = due("2026-09-29 16:20", "5W")
    start = named.steps[0]
    plain = Calendar(days={day: False for step in named.steps if step.kind == StepKind.HOLIDAY for day in step.days})
    answer = deadline(start.first, start.limit, calendar=plain)
    assert "10 月 1 日（周四）到 10 月 2 日（周五）按国家安排放假，不算。" in explain(answer, "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("limit", ["1W", "7W", "8W", "15W", "60W", "1N", "30N", "90N", "2H", "24H", "3WH", "40WH"])
@pytest.mark.parametrize("extend", ["", "10W", "30N", "2H", "4WH"])
def test_every_kind_of_clock_is_told_in_whole_sentences(limit, extend, language):
    pauses = (("2026-09-30 10:00", "2026-10-09 15:00"), ("2026-10-12 10:00", "2026-10-12 11:00"))
    for sentence in explain(due("2026-09-29 16:20", limit, extend=extend, pauses=pauses), language):
        assert sentence.endswith("。" if language == "zh" else ".")
        assert not re.search(r"[{}]|\bNone\b|  |） ", sentence)
        if language == "en":
            assert sentence.isascii() or "–" in sentence


@pytest.mark.parametrize("limit", ["3W", "5W", "7W"])
def test_the_days_listed_are_as_many_as_the_limit(limit):
    listed = explain(due("2026-09-17 16:20", limit), "zh")[1]
    assert listed.count("日（周") == int(limit[0])


def test_a_day_says_its_year_only_when_it_is_another():
    day = due("2026-12-29 10:00", "5W").due.date()
    assert day_words(day, "zh", this_year=2026) == "2027 年 1 月 5 日（周二）"
    assert day_words(day, "zh", this_year=2027) == "1 月 5 日（周二）"
    assert day_words(day, "en", this_year=2026) == "Tuesday 5 January 2027"


def test_a_deadline_without_its_limit_is_not_told():
    answer = due("2026-09-29 16:20", "5W")
    lost = replace(answer, steps=(replace(answer.steps[0], limit=None), *answer.steps[1:]))
    with pytest.raises(ValueError, match="carries none"):
        explain(lost, "zh")
