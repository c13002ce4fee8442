"""How often one may ask (R18): the figure is met exactly, for a person, an address, a number or a key; and a stranger
who uses up every try from elsewhere keeps nobody out.

That several workers count together, to the last one, stands in tests/county/test_throttle.py.
"""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tests.cast import NOON
from tests.staff import enter
from weimin.county.actors import IMPORT
from weimin.county.models import ApiToken
from weimin.county.services import issue_token
from weimin.kernel import clock
from weimin.kernel.numbers import WrongNumber, parse
from weimin.matters import numbering
from weimin.matters.models import Matter
from weimin.notices.models import Notice

HERE, THERE = "203.0.113.7", "198.51.100.9"
PIN, WRONG = "123456", "654321"


@pytest.fixture(autouse=True)
def _counts(cast, settings, monkeypatch):
    settings.RATE_LIMITS = True
    monkeypatch.setattr(clock, "now", lambda: NOON)
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def number(cast):
    matter = cast.matter()
    Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=numbering.pin_digest(matter.number, PIN))
    return matter.number


def codes():
    """The messages that carry a code, the oldest first."""
    return [notice.body for notice in Notice.objects.order_by("pk") if "验证码是" in notice.body]


def later(monkeypatch, **time):
    moment = clock.now() + timedelta(**time)
    monkeypatch.setattr(clock, "now", lambda: moment)


def follow(number, pin="", *, address=HERE, client=None, **sent):
    return (client or Client()).post("/follow/", {"number": number, "pin": pin, **sent}, REMOTE_ADDR=address)


def told(answer):
    """Where it leads, or what the page says is wrong."""
    if answer.status_code == 302:
        return answer.url
    return " ".join(str(error) for errors in answer.context["form"].errors.values() for error in errors)


# --- the figures ----------------------------------------------------------------------------------------------------


def let_in(ask, times):
    """How many of so many were let in; the first that was not is followed by no other that was."""
    found = [ask() for _n in range(times)]
    assert found == sorted(found, reverse=True)
    return sum(found)


def test_thirty_sign_ins_a_minute_from_one_address(cast):
    """The names differ, so it is the address that is counted, and not the guesses at one of them."""
    names = iter(range(100))

    def ask(address=HERE):
        sent = {"login": f"nobody{next(names)}", "password": "x"}
        return Client().post("/accounts/login/", sent, REMOTE_ADDR=address).status_code == 200

    assert let_in(ask, 40) == 30
    assert ask(THERE), "others go on"


def test_ten_tries_a_minute_at_numbers_and_pins_from_one_address(cast, number):
    numbers = iter(range(100))

    def ask():
        free = f"QS-2609-{next(numbers):06d}"
        answer = follow(f"{free}-{check_digit(free)}", WRONG)
        return "试得太快了" not in told(answer)

    assert let_in(ask, 15) == 10
    assert told(follow(number, PIN, address=THERE)) == f"/my/{number}/"


def check_digit(number):
    for digit in "0123456789":
        try:
            parse(f"{number}-{digit}")
        except WrongNumber:
            continue
        return digit
    raise AssertionError(number)


def test_two_codes_in_ten_minutes_for_one_number(number, monkeypatch):
    sent = []
    for minute in range(11):
        follow(number, send_code="1", address=f"198.51.100.{minute}")
        sent.append(len(codes()))
        later(monkeypatch, minutes=1)
    assert sent == [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3]


def test_sixty_searches_a_minute_for_residents_by_one_person(cast):
    li, hotline = (enter(Client(), cast.officials[name]) for name in ("li", "hotline"))
    assert let_in(lambda: li.get("/desk/matters/find/residents/?q=王桂").status_code == 200, 70) == 60
    assert hotline.get("/desk/matters/find/residents/?q=王桂").status_code == 200


def test_ten_exports_a_minute_by_one_person(cast):
    li, hotline = (enter(Client(), cast.officials[name]) for name in ("li", "hotline"))
    assert let_in(lambda: li.get("/desk/matters/export.csv").status_code == 200, 14) == 10
    refused = li.get("/desk/matters/export.csv")
    assert (refused.status_code, "导出得太频繁了" in refused.content.decode()) == (403, True)
    assert hotline.get("/desk/matters/export.csv").status_code == 200


def test_a_key_as_often_as_it_was_given(cast):
    post = cast.posts["QS-01"]
    keys = [
        issue_token(name=name, use=ApiToken.Use.REST, post=post, duties=[], by=IMPORT, now=NOON, per_minute=25)[1]
        for name in "ab"
    ]

    def ask(key):
        return Client().get("/api/v1/kinds", headers={"Authorization": f"Bearer {key}"}).status_code == 200

    assert let_in(lambda: ask(keys[0]), 30) == 25
    assert ask(keys[1]), "another key of the same post is counted for itself"


def test_a_household_on_ipv6_is_one_caller(number):
    tries = [told(follow(number, WRONG, address=f"2001:db8:1:2::{n:x}")) for n in range(1, 7)]
    assert ["连续错了" in one for one in tries] == [False] * 5 + [True]
    assert told(follow(number, PIN, address="2001:db8:1:3::1")) == f"/my/{number}/"


# --- a stranger, and the real person --------------------------------------------------------------------------------


def test_a_stranger_who_guesses_pins_all_day_keeps_the_resident_out_at_no_time(number, monkeypatch):
    """Every quarter of an hour the stranger is locked out, and the resident opens the matter at the first try."""
    for _quarter in range(8):
        guesses = [told(follow(number, WRONG, address=THERE)) for _n in range(7)]
        assert "连续错了" in guesses[-1]
        assert told(follow(number, PIN, address=HERE)) == f"/my/{number}/"
        later(monkeypatch, minutes=16)


def test_many_strangers_lock_the_number_and_a_code_still_opens_it(number, monkeypatch):
    for n in range(8):
        for _try in range(5):
            follow(number, WRONG, address=f"198.51.100.{n}")
    assert "连续错了" in told(follow(number, PIN)), "thirty guesses from anywhere are all that this number bears"
    follow(number, send_code="1")
    assert told(follow(number, last_code())) == f"/my/{number}/"
    later(monkeypatch, minutes=16)
    assert told(follow(number, PIN)) == f"/my/{number}/"


def last_code():
    body = codes()[-1]
    return re.search(r"验证码是 (\d{6})", body)[1]


def test_a_stranger_who_asks_for_codes_all_day_sends_them_to_the_resident_who_can_use_them(number, monkeypatch):
    for _minute in range(25):
        follow(number, send_code="1", address=THERE)
        follow(number, WRONG, address=THERE)
        later(monkeypatch, minutes=1)
    follow(number, send_code="1", address=HERE)
    assert told(follow(number, last_code(), address=HERE)) == f"/my/{number}/"


def test_a_code_opens_once_and_for_ten_minutes(number, monkeypatch):
    follow(number, send_code="1")
    code = last_code()
    assert told(follow(number, code)) == f"/my/{number}/"
    assert told(follow(number, code)) == "编号和查询码对不上。请对照回执再填一遍。"
    later(monkeypatch, minutes=11)
    follow(number, send_code="1")
    late = last_code()
    later(monkeypatch, minutes=10, seconds=1)
    assert told(follow(number, late)) == "编号和查询码对不上。请对照回执再填一遍。"


def test_five_guesses_at_a_code_from_one_address_are_all(number):
    follow(number, send_code="1")
    for _try in range(5):
        follow(number, WRONG, address=THERE)
    assert "连续错了" in told(follow(number, last_code(), address=THERE))
    assert told(follow(number, last_code(), address=HERE)) == f"/my/{number}/"


def test_a_stranger_at_a_name_keeps_its_owner_out_at_no_time(cast):
    right = {"login": "keeper", "password": "a long password for keeper"}
    for _n in range(12):
        Client().post("/accounts/login/", {"login": "keeper", "password": "guess"}, REMOTE_ADDR=THERE)
    assert Client().post("/accounts/login/", right, REMOTE_ADDR=HERE).headers["Location"] == "/desk/"
