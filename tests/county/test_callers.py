"""Who is calling: what our own web servers say is believed, what strangers write is not."""

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client

from config.environment import Environment, read_environment
from weimin.county.callers import caller_behind, networks

OURS = networks("127.0.0.1, 10.0.0.0/8, fd00::/8")
PHONE, STRANGER = "203.0.113.7", "198.51.100.9"


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        (PHONE, "", PHONE),
        (PHONE, STRANGER, PHONE),  # nobody of ours: whatever they write is not read
        ("127.0.0.1", PHONE, PHONE),
        ("127.0.0.1", f"{STRANGER}, {PHONE}", PHONE),  # the stranger's part was there before our server added to it
        ("127.0.0.1", f"{STRANGER}, {PHONE}, 10.1.2.3", PHONE),  # two of ours, one behind the other
        ("127.0.0.1", f"127.0.0.1, {PHONE}", PHONE),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "10.0.0.5", "10.0.0.5"),  # all of them ours: the farthest
        ("127.0.0.1", f"{PHONE}, rubbish", "127.0.0.1"),
        ("127.0.0.1", f"{PHONE}:5021", PHONE),
        ("::ffff:127.0.0.1", PHONE, PHONE),
        ("fd00::1", "[2001:db8::7]:443", "2001:db8::7"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("", PHONE, ""),  # a socket without an address
    ],
)
def test_the_rightmost_address_that_is_not_ours(peer, forwarded, caller):
    assert caller_behind(peer, forwarded=forwarded, trusted=OURS) == caller


def test_without_web_servers_of_ours_nothing_is_believed():
    assert caller_behind("127.0.0.1", forwarded=PHONE, trusted=()) == "127.0.0.1"


def too_fast(answer):
    return "试得太快了" in answer.content.decode()


@pytest.fixture
def limits(settings, cast):
    settings.RATE_LIMITS = True
    cache.clear()
    yield settings
    cache.clear()


@pytest.fixture
def number(limits, cast):
    return cast.matter().number


def tries(number, count, **meta):
    return [too_fast(Client().post("/follow/", {"number": number, "pin": "000000"}, **meta)) for _n in range(count)]


def test_behind_a_web_server_one_village_does_not_use_up_the_turns_of_another(limits, number):
    limits.TRUSTED_PROXIES = OURS
    assert tries(number, 11, HTTP_X_FORWARDED_FOR=PHONE) == [False] * 10 + [True]
    assert tries(number, 1, HTTP_X_FORWARDED_FOR=STRANGER) == [False]


def test_a_guesser_who_writes_another_address_each_time_is_still_one(limits, number):
    limits.TRUSTED_PROXIES = OURS
    found = [tries(number, 1, HTTP_X_FORWARDED_FOR=f"192.0.2.{n}, {STRANGER}")[0] for n in range(11)]
    assert found == [False] * 10 + [True]


def test_a_guesser_at_the_open_door_gains_nothing_by_the_header(limits, number):
    found = [tries(number, 1, HTTP_X_FORWARDED_FOR=f"192.0.2.{n}")[0] for n in range(11)]
    assert found == [False] * 10 + [True]


@pytest.mark.django_db
def test_the_lock_out_writes_down_the_same_address(settings, cast):
    settings.TRUSTED_PROXIES = OURS
    Client().post("/accounts/login/", {"login": "li", "password": "wrong"}, HTTP_X_FORWARDED_FOR=f"{STRANGER}, {PHONE}")
    assert list(AccessAttempt.objects.values_list("username", "ip_address")) == [("li", PHONE)]


@pytest.mark.parametrize("words", ["localhost", "10.0.0.1/8", "127.0.0.1;10.0.0.1"])
def test_a_wrong_setting_stops_the_start_and_is_named(monkeypatch, words):
    monkeypatch.setenv("WEIMIN_TRUSTED_PROXIES", words)
    with pytest.raises(SystemExit, match=r"WEIMIN_TRUSTED_PROXIES: .*give addresses or networks"):
        read_environment()


def test_by_default_nobody_stands_in_between():
    assert networks(Environment().trusted_proxies) == ()
