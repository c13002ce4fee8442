"""The machine's clock was wrong and is put right: nobody stays signed in the longer for it, no code opens twice, and
whoever guesses gains no more than one more round.
"""

import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from axes.handlers import proxy
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.cast import NOON
from weimin.kernel import clock

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = [HOUR, -HOUR, DAY, -DAY]
NAMED = ["an hour fast", "an hour slow", "a day fast", "a day slow"]


@pytest.fixture
def put(monkeypatch, cast):
    """Every clock of the process to this moment."""
    cache.clear()

    def to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        monkeypatch.setattr(proxy, "now", lambda: moment)
        monkeypatch.setattr(clock, "now", lambda: moment)
        monkeypatch.setattr(time, "time", moment.timestamp)

    to(NOON)
    yield to
    cache.clear()


def enter(name, password="", *, client=None, address="203.0.113.7"):
    given = {"login": name, "password": password or f"a long password for {name}"}
    return (client or Client()).post("/accounts/login/", given, REMOTE_ADDR=address)


def signed_in(name="keeper"):
    client = Client()
    assert enter(name, client=client).headers["Location"] == "/desk/"
    return client


def is_in(client):
    return client.get("/desk/").status_code == 200


# --- sessions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("jump", "stays"), [*zip(JUMPS, [True, True, False, False], strict=True)], ids=NAMED)
def test_who_signed_in_by_a_wrong_clock_signs_in_anew_when_it_was_wrong_by_more_than_an_hour(put, jump, stays):
    put(NOON + jump)
    client = signed_in()
    assert is_in(client)
    put(NOON)
    assert is_in(client) is stays


@pytest.mark.parametrize("jump", JUMPS, ids=NAMED)
def test_no_session_outlives_its_twelve_hours_by_more_than_one(put, jump):
    put(NOON + jump)
    client = signed_in()
    put(NOON + timedelta(seconds=settings.SESSION_COOKIE_AGE) + HOUR + timedelta(seconds=1))
    assert not is_in(client)


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=NAMED[:2])
def test_a_clock_an_hour_wrong_throws_nobody_out(put, jump):
    client = signed_in()
    put(NOON + jump)
    assert is_in(client)
    put(NOON)
    assert is_in(client)
    assert Session.objects.count() == 1


# --- the second factor ----------------------------------------------------------------------------------------------


@pytest.fixture
def code(cast):
    """What Li Min's telephone shows at a moment."""
    secret = generate_totp_secret()
    TOTP.activate(cast.officials["li"].account, secret)
    return lambda moment: format_hotp_value(hotp_value(secret, int(moment.timestamp()) // 30))


def by_code(shown):
    client = Client()
    assert enter("li", client=client).headers["Location"] == "/accounts/2fa/authenticate/"
    client.post("/accounts/2fa/authenticate/", {"code": shown})
    return is_in(client)


@pytest.mark.parametrize("jump", [HOUR, DAY], ids=["an hour", "a day"])
def test_a_code_opens_once_though_its_half_minute_comes_twice(put, code, jump):
    """Somebody saw it over Li Min's shoulder; then the clock went ahead, others signed in, and it was put back."""
    assert by_code(code(NOON))
    put(NOON + jump)
    assert by_code(code(NOON + jump))
    signed_in("keeper")
    cache.set("anything", 1, 60)  # what has run out is swept
    put(NOON)
    assert not by_code(code(NOON))
    assert not by_code(code(NOON + jump))
    put(NOON + timedelta(seconds=30))
    assert by_code(code(NOON + timedelta(seconds=30)))


@pytest.mark.parametrize("jump", JUMPS, ids=NAMED)
def test_by_a_wrong_clock_no_telephone_opens_and_by_the_right_one_it_does(put, code, jump):
    put(NOON + jump)
    assert not by_code(code(NOON))
    put(NOON)
    assert by_code(code(NOON))


# --- guesses at a password ------------------------------------------------------------------------------------------


def guessed(times=12):
    """How many guesses were looked at before the door was shut."""
    answers = [enter("keeper", f"guess {n}").status_code for n in range(times)]
    assert answers == sorted(answers)
    return answers.count(200) + 1  # the one that shuts it was looked at too


@pytest.mark.parametrize("jump", [-HOUR, -DAY], ids=NAMED[1::2])
def test_a_door_that_was_shut_stays_shut_by_a_clock_put_back(put, jump):
    assert guessed() == 5
    put(NOON + jump)
    assert enter("keeper").status_code == 429
    assert enter("keeper", address="198.51.100.9").headers["Location"] == "/desk/"  # its owner, from elsewhere
    put(NOON)
    assert enter("keeper").status_code == 429
    put(NOON + timedelta(minutes=15, seconds=1))
    assert enter("keeper").headers["Location"] == "/desk/"


@pytest.mark.parametrize("jump", [HOUR, DAY], ids=NAMED[::2])
def test_a_clock_put_ahead_gives_one_more_round_of_guesses_and_no_other(put, jump):
    assert guessed() == 5
    put(NOON + jump)
    assert guessed() == 5
    put(NOON)
    assert enter("keeper", "guess").status_code == 429
    assert enter("keeper").status_code == 429
