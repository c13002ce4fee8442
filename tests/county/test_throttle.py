"""A caller's minute slides; other callers and other counties are not counted with it."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from tests.cast import NOON
from weimin.county import throttle
from weimin.county.throttle import allow


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


def test_so_many_a_minute_and_no_more(settings):
    settings.RATE_LIMITS = True
    assert [allow("a", per_minute=3, now=NOON) for _n in range(5)] == [True, True, True, False, False]
    assert allow("b", per_minute=3, now=NOON)


def test_a_minute_later_there_is_room_again(settings):
    settings.RATE_LIMITS = True
    for _n in range(3):
        allow("a", per_minute=3, now=NOON)
    assert not allow("a", per_minute=3, now=NOON + timedelta(seconds=54))
    assert allow("a", per_minute=3, now=NOON + timedelta(seconds=60))


def test_over_ten_minutes_the_figure_holds_within_a_tenth(settings):
    settings.RATE_LIMITS = True
    went = sum(allow("a", per_minute=60, now=NOON + timedelta(seconds=n / 4)) for n in range(2400))
    assert 600 <= went <= 660


def test_limits_can_be_switched_off_for_measurements(settings):
    settings.RATE_LIMITS = False
    assert all(allow("a", per_minute=1, now=NOON) for _n in range(5))


def test_a_count_that_vanishes_between_two_steps_begins_anew(settings, monkeypatch):
    settings.RATE_LIMITS = True
    monkeypatch.setattr(throttle.cache, "add", lambda *args, **kwargs: False)
    assert allow("a", per_minute=3, now=NOON)
    assert allow("a", per_minute=3, now=NOON)
