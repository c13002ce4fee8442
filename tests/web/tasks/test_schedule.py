"""Timed jobs: each due time is one process's to do, and a killed or failed one is another's."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connections

from tests import harness
from tests.cast import NOON
from weimin.county.context import use_county
from weimin.kernel import clock
from weimin.web.management.commands import work
from weimin.web.models import Run, Schedule
from weimin.web.schedule import Daily, Every, begin, done, failed, tick
from weimin.web.tasks import TIMED

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
HOURLY = {"sweep": Every(HOUR)}


def names(timetables, now) -> list[str]:
    return [taken.job for taken in tick(timetables, now=now)]


def test_a_new_job_is_due_at_once_and_then_at_its_own_times():
    (taken,) = tick(HOURLY, now=NOON)
    assert names(HOURLY, NOON + 59 * SECOND) == []  # taken
    done(taken, now=NOON + MINUTE)
    assert names(HOURLY, NOON + 59 * MINUTE) == []
    (taken,) = tick(HOURLY, now=NOON + 61 * MINUTE)
    done(taken, now=NOON + 62 * MINUTE)
    assert Schedule.objects.get().due_at == NOON + 2 * HOUR


def test_what_was_missed_is_done_once():
    (taken,) = tick(HOURLY, now=NOON)
    done(taken, now=NOON)
    (taken,) = tick(HOURLY, now=NOON + 30 * HOUR + MINUTE)
    done(taken, now=NOON + 30 * HOUR + MINUTE)
    assert Schedule.objects.get().due_at == NOON + 31 * HOUR


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-02T02:59:59+08:00", "2026-03-02T03:00:00+08:00"),
        ("2026-03-02T03:00:00+08:00", "2026-03-03T03:00:00+08:00"),
        ("2026-03-02T23:30:00+08:00", "2026-03-03T03:00:00+08:00"),
    ],
)
def test_a_nightly_job_is_due_at_its_hour_of_the_county(now, due):
    assert Daily(3).after(NOON, datetime.fromisoformat(now)) == datetime.fromisoformat(due)


def test_one_that_failed_is_tried_again_after_five_minutes():
    (taken,) = tick(HOURLY, now=NOON)
    failed(taken, now=NOON)
    assert names(HOURLY, NOON + 4 * MINUTE) == []
    assert names(HOURLY, NOON + 5 * MINUTE) == ["sweep"]


def test_one_whose_process_was_killed_is_taken_over_and_the_dead_have_no_say():
    (handed,) = tick(HOURLY, now=NOON)
    dead = begin(handed, now=NOON)
    assert names(HOURLY, NOON + 9 * MINUTE) == []
    (handed,) = tick(HOURLY, now=NOON + 10 * MINUTE)
    heir = begin(handed, now=NOON + 10 * MINUTE)
    done(dead, now=NOON + 11 * MINUTE)  # it was only slow: what it says comes too late
    assert Schedule.objects.get().taken_until == NOON + 20 * MINUTE
    done(heir, now=NOON + 11 * MINUTE)
    assert (Schedule.objects.get().due_at, Schedule.objects.get().taken_until) == (NOON + HOUR, None)


def test_one_that_was_lost_on_its_way_is_handed_out_again_and_one_that_comes_twice_is_begun_once():
    (lost,) = tick(HOURLY, now=NOON)
    assert names(HOURLY, NOON + 59 * SECOND) == []
    (again,) = tick(HOURLY, now=NOON + MINUTE)
    assert begin(lost, now=NOON + MINUTE) is None  # it comes after all
    assert [bool(begin(again, now=NOON + MINUTE)) for _twice in range(2)] == [True, False]
    assert Schedule.objects.get().taken_until == NOON + 11 * MINUTE


def test_it_is_taken_and_handed_out_in_one_transaction():
    def breaks(_taken):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tick(HOURLY, now=NOON, hand_out=breaks)
    assert Schedule.objects.get().taken_until is None


def test_a_clock_that_had_jumped_ahead_stops_no_job():
    (taken,) = tick(HOURLY, now=NOON + timedelta(days=400))
    done(taken, now=NOON + timedelta(days=400))
    (taken,) = tick(HOURLY, now=NOON)
    done(taken, now=NOON)
    assert Schedule.objects.get().due_at == NOON + HOUR
    (taken,) = tick(HOURLY, now=NOON + timedelta(days=400))  # and so it is if it was taken in that hour
    assert names(HOURLY, NOON + HOUR) == ["sweep"]


@pytest.mark.django_db(transaction=True)
def test_three_processes_take_each_due_time_once():
    connections.close_all()
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("fork")) as pool:
        counted = [count for count in pool.map(_work_through, range(3))]
    assert [sum(one) for one in zip(*counted, strict=True)] == [1] * 40
    assert Schedule.objects.get().due_at == NOON + 40 * MINUTE


def _work_through(_process: int) -> list[int]:
    """How often this process was given each of 40 due times, all asking at once."""
    connections.close_all()
    every_minute, mine = {"mail": Every(MINUTE)}, [0] * 40
    with use_county(harness.A):
        for number in range(40):
            now = NOON + number * MINUTE
            while not mine[number] and not Schedule.objects.filter(due_at__gt=now).exists():
                for taken in tick(every_minute, now=now):
                    mine[number] += 1
                    done(taken, now=now)
    connections.close_all()
    return mine


def test_the_worker_goes_by_the_table(cast, monkeypatch, settings, tmp_path):
    settings.OUTBOX, called, hour = tmp_path, [], [NOON]

    def read_mail(*, now):
        called.append(now)
        if len(called) == 2:
            raise ZeroDivisionError

    monkeypatch.setitem(TIMED, "read_mail", (read_mail, TIMED["read_mail"][1]))
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    monkeypatch.setattr(work.signal, "signal", lambda *_: None)
    monkeypatch.setattr(clock, "now", lambda: hour[0])
    for minutes in (0, 0, 1, 2, 5, 6, 7):
        hour[0] = NOON + minutes * MINUTE
        call_command("work", once=True)
    assert [(at - NOON) // MINUTE for at in called] == [0, 1, 6, 7]  # failed at 1, so again five minutes later
    assert Run.objects.get(job="read_mail").failures == 1
    assert sorted(Schedule.objects.values_list("job", flat=True)) == [
        "count_anew", "exchange", "forget_events", "forget_old", "leave_unread", "read_mail", "sweep_jobs",
        "sweep_uploads",
    ]  # fmt: skip
