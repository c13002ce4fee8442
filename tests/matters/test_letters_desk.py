"""The clerk sees which letters were not taken in, and why."""

from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.staff import enter
from weimin.matters.letters.taking import set_aside

HERE = "/desk/matters/letters/"
UNNAMED = "imap:office@county.example:1700000000:%s"


@pytest.fixture
def li(cast, client, monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    enter(client, cast.officials["li"])
    return client


def _aside(number, days=0):
    set_aside(UNNAMED % number, sender="", why="来信太大。", now=NOON - timedelta(days=days))


def test_a_letter_set_aside_is_listed_with_its_box_and_its_reason(li):
    _aside(7)
    answer = li.get(HERE)
    said = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert "office@county.example" in said
    assert "来信太大。" in said


def test_old_ones_have_gone_and_an_empty_list_says_what_will_appear(li):
    _aside(7, days=31)
    said = li.get(HERE).content.decode()
    assert "office@county.example" not in said
    assert "近三十天的来信都收下了" in said


def test_the_reason_is_told_in_the_readers_language(li):
    set_aside(UNNAMED % 7, sender="", why="来信读不出来，没有收下。请到邮箱查看。", now=NOON)
    li.cookies["django_language"] = "en"
    said = li.get(HERE).content.decode()
    assert "The letter could not be read and was not taken in. Please look in the mailbox." in said


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(li, rows, django_assert_num_queries):
    for number in range(rows):
        _aside(number)
    li.get(HERE)
    with django_assert_num_queries(7):
        li.get(HERE)
