"""Matter numbers: what a check digit promises is tried out completely, not by sample."""

from datetime import date
from itertools import combinations
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weimin.kernel.numbers import MatterNumber, WrongNumber, make, parse, spoken

DAY = date(2026, 11, 23)
NUMBERS = [
    make(letters, day, serial)
    for letters in ("QS", "AA", "ZY", "KUA", "WMXZ")
    for day in (DAY, date(2030, 1, 1), date(2099, 12, 31))
    for serial in (0, 1, 123, 90_909, 121_212, 987_654, 999_999, 1_234_567, 999_999_999)
]


def accepted(text: str) -> bool:
    try:
        parse(text)
    except WrongNumber:
        return False
    return True


def changed(text: str, at: int, into: str) -> str:
    return text[:at] + into + text[at + 1 :]


def test_a_number_is_made_and_read():
    assert make("QS", DAY, 123) == "QS-2611-000123-7"
    assert parse("QS-2611-000123-7") == MatterNumber("QS", "2611", 123, 7)
    assert [str(parse(number)) for number in NUMBERS] == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_every_single_wrong_digit_is_noticed(number):
    wrong = [
        changed(number, at, other)
        for at, digit in enumerate(number)
        if digit.isdigit()
        for other in "0123456789"
        if other != digit
    ]
    assert [text for text in wrong if accepted(text)] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_every_swap_of_neighbours_is_noticed(number):
    plain = number.replace("-", "")
    swapped = [plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :] for at in range(len(plain) - 1)]
    assert [text for text in swapped if text != plain and accepted(text)] == []


def test_every_swap_of_two_letters_is_noticed():
    for first, second in combinations(ascii_uppercase, 2):
        number = make(first + second, DAY, 123)
        assert not accepted(second + first + number[2:])


def test_nine_of_ten_wrong_letters_are_noticed_by_the_digit_alone():
    tried = [
        (make(pair, DAY, serial), at, other)
        for pair in ("QS", "AA", "ZY", "MN")
        for serial in range(20)
        for at in (0, 1)
        for other in ascii_uppercase
        if other != pair[at]
    ]
    missed = [one for one in tried if accepted(changed(*one))]
    assert len(missed) / len(tried) < 0.11


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=4), st.dates(date(2020, 1, 1), date(2099, 1, 1)),
       st.integers(0, 999_999_999))  # fmt: skip
def test_what_is_made_can_be_read(letters, day, serial):
    found = parse(make(letters, day, serial))
    assert (found.letters, found.year_month, found.serial) == (letters, day.strftime("%y%m"), serial)


@pytest.mark.parametrize(
    "text",
    [
        "qs-2611-000123-7", "QS26110001237", " Q S 2611 000123 7 ", "ＱＳ－２６１１－０００１２３－７",
        "QS–2611—000123-7",
        "qs 2611 000123 7\n", "QS_2611_000123_7", "QS　2611　000123　7", "QS.2611.000123.7",
    ],
)  # fmt: skip
def test_the_ways_people_write_it_are_forgiven(text):
    assert str(parse(text)) == "QS-2611-000123-7"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "SHAPE"), ("2611-000123-7", "SHAPE"), ("QS-2611-00123-6", "SHAPE"), ("QS-2611-0000123-6", "SHAPE"),
        ("QSABC-2611-000123-7", "SHAPE"), ("Q2-2611-000123-7", "SHAPE"), ("QS-2611-000123-7\0", "SHAPE"),
        ("QS-2611-000123-٧", "SHAPE"), ("QS-2611-000123-6", "CHECK"), ("QS-2613-000123-7", "CHECK"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_a_sentence(text, code):
    with pytest.raises(WrongNumber) as refusal:
        parse(text)
    assert refusal.value.code == code
    assert "回执" in refusal.value.words("zh")
    assert "receipt" in refusal.value.words("en")


def test_a_month_that_does_not_exist_is_refused_even_when_the_digit_fits():
    codes = set()
    for check in range(10):
        with pytest.raises(WrongNumber) as refusal:
            parse(f"QS-2600-000123-{check}")
        codes.add(refusal.value.code)
    assert codes == {"CHECK", "MONTH"}


@pytest.mark.parametrize(
    ("letters", "serial"), [("qs", 1), ("Q", 1), ("QSABC", 1), ("Q1", 1), ("QS", -1), ("QS", 10**9)]
)
def test_no_number_is_made_from_nonsense(letters, serial):
    with pytest.raises(WrongNumber):
        make(letters, DAY, serial)


def test_a_number_is_spoken_digit_by_digit():
    assert spoken("QS-2611-000123-7", "zh") == "Q S，二六幺幺，零零零幺二三，七"
    assert spoken("QS-2611-000123-7", "en") == "Q S, two six one one, zero zero zero one two three, seven"
    assert spoken(parse("qs26110001237"), "zh-hans") == "Q S，二六幺幺，零零零幺二三，七"
