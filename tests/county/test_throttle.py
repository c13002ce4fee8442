"""A caller's minute slides; other callers and other counties are not counted with it."""

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.core.cache import cache

from tests.cast import NOON
from tests.harness import ROOT
from weimin.county.throttle import allow, forget, within
from weimin.kernel.chosen import current


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


def test_a_damaged_file_is_begun_anew_and_keeps_nobody_out(settings, tmp_path):
    settings.RATE_LIMITS, settings.BESIDE = True, tmp_path / "beside"
    settings.BESIDE.write_bytes(b"this is no database" * 500)
    assert allow("a", per_minute=1, now=NOON), "told in the log, and let in"
    assert [allow("a", per_minute=1, now=NOON) for _n in range(2)] == [True, False]


def test_where_nothing_can_be_written_nobody_is_kept_out_and_the_log_says_so(settings, tmp_path, caplog):
    settings.RATE_LIMITS, settings.BESIDE = True, tmp_path / "nowhere" / "beside"
    assert [allow("a", per_minute=1, now=NOON) for _n in range(2)] == [True, True]
    assert [line.message for line in caplog.records] == [
        "who asks how often cannot be counted; nobody is kept out meanwhile"
    ] * 2


def test_who_was_right_in_the_end_begins_anew():
    assert [within("pin", most=2, seconds=900, now=NOON) for _n in range(3)] == [True, True, False]
    forget("pin", seconds=900)
    assert within("pin", most=2, seconds=900, now=NOON)


def test_a_quarter_of_an_hour_is_counted_apart_from_a_minute(settings):
    settings.RATE_LIMITS = True
    assert within("a", most=1, seconds=900, now=NOON)
    assert allow("a", per_minute=1, now=NOON)
    assert not within("a", most=1, seconds=900, now=NOON + timedelta(minutes=13))
    assert within("a", most=1, seconds=900, now=NOON + timedelta(minutes=15))


def test_a_clock_that_jumps_ahead_and_back_locks_nobody_out(settings):
    settings.RATE_LIMITS = True
    for moment in (NOON, NOON + timedelta(minutes=50), NOON):
        assert allow("a", per_minute=2, now=moment)
    assert not allow("a", per_minute=2, now=NOON)


@pytest.mark.parametrize("processes", [2, 4])
def test_workers_count_together(settings, tmp_path, processes):
    """Each asks as often as all together may: what they are let in adds up to the limit, to the last one."""
    settings.BESIDE, most = tmp_path / "beside", 300
    program = f"{ASKER}print(sum(ask({str(settings.BESIDE)!r}, {most}) for _n in range({most})))"
    workers = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) for _n in range(processes)
    ]
    let_in = [int(worker.communicate(timeout=60)[0]) for worker in workers]
    assert sum(let_in) == most


ASKER = """
from datetime import datetime, UTC
from pathlib import Path
from django.conf import settings
settings.configure(RATE_LIMITS=True)
from weimin.county.throttle import allow
from weimin.kernel.chosen import current
current.set("county_990101")
def ask(path, most):
    settings.BESIDE = Path(path)
    return allow("a", per_minute=most, now=datetime(2026, 9, 29, 12, tzinfo=UTC))
"""


# --- what the sign-in keeps in the same file ------------------------------------------------------------------------


def test_a_used_code_is_used_for_every_worker_and_one_county():
    assert [cache.add("totp:7:123456", "y", timeout=60) for _n in range(2)] == [True, False]
    token = current.set("county_990102")
    assert cache.add("totp:7:123456", "y", timeout=60), "account 7 of another county is somebody else"
    current.reset(token)


def test_what_is_kept_ends_with_its_time(monkeypatch):
    cache.set("history", [1.5, 2.5], timeout=60)
    assert cache.get("history") == [1.5, 2.5]
    assert cache.touch("history", timeout=120)
    later = time.time() + 121
    monkeypatch.setattr(time, "time", lambda: later)
    assert (cache.get("history", "gone"), cache.touch("history")) == ("gone", False)
    assert cache.add("history", [], timeout=60), "as if it had never been"
    assert (cache.delete("history"), cache.delete("history")) == (True, False)
