"""Limits: read, written, spoken, refused."""

import pytest

from weimin.kernel.limits import Limit, Unit, WrongLimit


@pytest.mark.parametrize(
    ("text", "limit", "zh", "en"),
    [
        ("5W", Limit(5, Unit.W), "5 个工作日", "5 working days"),
        ("1W", Limit(1, Unit.W), "1 个工作日", "1 working day"),
        ("30N", Limit(30, Unit.N), "30 日", "30 days"),
        ("2H", Limit(2, Unit.H), "2 小时", "2 hours"),
        ("4WH", Limit(4, Unit.WH), "4 个工作小时", "4 working hours"),
        (" 9999n ", Limit(9999, Unit.N), "9999 日", "9999 days"),
    ],
)
def test_a_limit_is_read_and_spoken(text, limit, zh, en):
    assert Limit.parse(text) == limit
    assert Limit.parse(str(limit)) == limit
    assert (limit.words("zh-hans"), limit.words("en-gb")) == (zh, en)


@pytest.mark.parametrize("text", ["", "W", "5", "5D", "-5W", "5.5W", "５W", "5 W", "5W\n5W", "9999999999W", "5W\0"])
def test_what_is_no_limit_is_refused_with_a_sentence(text):
    with pytest.raises(WrongLimit) as refusal:
        Limit.parse(text)
    assert refusal.value.code == "SHAPE"
    assert "请写数字加单位" in refusal.value.words("zh")


@pytest.mark.parametrize("text", ["0W", "10000N", "999999999H"])
def test_amounts_out_of_range_are_refused(text):
    with pytest.raises(WrongLimit, match="between 1 and 9999"):
        Limit.parse(text)


@pytest.mark.parametrize("amount", [True, 2.5, "5"])
def test_an_amount_is_a_whole_number(amount):
    with pytest.raises(WrongLimit):
        Limit(amount, Unit.W)


def test_limits_stand_in_order():
    assert sorted([Limit(15, Unit.W), Limit(5, Unit.W)]) == [Limit(5, Unit.W), Limit(15, Unit.W)]


@pytest.mark.parametrize(
    ("short", "long", "surely"),
    [("5W", "7N", True), ("6W", "7N", False), ("24H", "1W", True), ("8WH", "1W", True), ("9WH", "1W", False),
     ("1N", "1W", False), ("1WH", "24H", False), ("3N", "3N", True)],
)  # fmt: skip
def test_a_limit_lies_within_another_whatever_the_calendar(short, long, surely):
    assert Limit.parse(short).surely_within(Limit.parse(long)) is surely
