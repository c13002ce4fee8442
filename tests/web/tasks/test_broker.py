"""Handing over to Celery: after the commit, never waited for, and left alone where the broker does not answer."""

import logging
import sys
from datetime import UTC, timedelta
from importlib import import_module

import pytest
from django.db import transaction

from config.environment import Environment, read_environment, task_backends
from tests import harness
from tests.cast import NOON
from tests.web.operating.served import found, served
from weimin.kernel import clock
from weimin.web.doctor import Health
from weimin.web.models import Schedule
from weimin.web.tasks import QUEUES, TIMED, do_timed, look, rounds

__all__ = ["served"]  # a fixture, used below by its name

pytestmark = pytest.mark.django_db
NOBODY = "redis://:secret@127.0.0.1:1/0"  # a port at which nobody answers


@pytest.fixture
def broker(settings):
    """The module as read with a broker in the settings, and unread again afterwards."""
    settings.BROKER_URL, settings.BROKER_QUEUE = NOBODY, "weimin-test"
    settings.TASKS = task_backends(Environment.model_construct(broker_url=NOBODY))
    sys.modules.pop("weimin.web.tasks.broker", None)
    yield import_module("weimin.web.tasks.broker")
    del sys.modules["weimin.web.tasks.broker"]


@pytest.fixture
def said(broker, monkeypatch) -> list[tuple]:
    """What would be told to the broker."""
    said: list[tuple] = []
    monkeypatch.setattr(broker.line, "say", lambda job, args, kwargs, task_id: said.append((job, args, kwargs)))
    return said


# --- the setting ----------------------------------------------------------------------------------------------------


def test_one_setting_decides(monkeypatch):
    assert task_backends(read_environment()) == {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    for url in ("amqp://u:p@127.0.0.1/", "amqps://127.0.0.1/", "redis://127.0.0.1/3", "rediss://127.0.0.1/"):
        monkeypatch.setenv("WEIMIN_BROKER_URL", url)
        assert task_backends(read_environment()) == {
            "default": {"BACKEND": "django_tasks_db.DatabaseBackend"},
            "broker": {"BACKEND": "weimin.web.tasks.broker.CeleryBackend"},
        }


@pytest.mark.parametrize(
    ("url", "installed", "words"),
    [("kafka://127.0.0.1", True, "give amqp://"), ("redis://127.0.0.1", False, "docs/operate/broker.md")],
)
def test_a_wrong_one_stops_the_start(monkeypatch, url, installed, words):
    monkeypatch.setenv("WEIMIN_BROKER_URL", url)
    monkeypatch.setattr("config.environment.find_spec", lambda name: installed or None)
    with pytest.raises(SystemExit, match=words):
        read_environment()


# --- what is said, and when -----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_it_is_said_after_the_commit_and_not_at_all_without_one(said):
    carried = look.using(backend="broker")
    with transaction.atomic():
        carried.enqueue(harness.A, "deliver")
        assert said == []
    with transaction.atomic():
        carried.enqueue(harness.A, "run_due")
        transaction.set_rollback(True)
    assert said == [("weimin.web.tasks.look", (harness.A, "deliver"), {})]


@pytest.mark.django_db(transaction=True)
def test_a_round_hands_over_what_waits_and_what_is_due_and_does_nothing_itself(said, broker, monkeypatch):
    monkeypatch.setattr(rounds, "counties", lambda: [harness.A])
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr(broker.line, "waiting", lambda: 0)
    rounds.one_round(1)
    looks = [("weimin.web.tasks.look", (harness.A, queue), {}) for queue in QUEUES]
    at, until = NOON.astimezone(UTC).isoformat(), (NOON + timedelta(minutes=1)).isoformat()
    assert said == looks + [("weimin.web.tasks.do_timed", (harness.A, job, at, until), {}) for job in TIMED]
    rounds.one_round(2)
    assert said[len(QUEUES) + len(TIMED) :] == looks  # nothing more is due


def test_what_another_round_has_just_handed_over_is_given_a_moment(broker, monkeypatch):
    left = iter([3, 2, 0])
    monkeypatch.setattr(broker.line, "waiting", lambda: next(left))
    assert rounds._broker_takes()


@pytest.mark.parametrize(("number", "waiting"), [(0, 0), (12, 0), (1, 1)])
def test_what_nobody_takes_up_and_every_twelfth_round_is_done_here(said, broker, monkeypatch, number, waiting):
    looked: list[str] = []
    monkeypatch.setattr(rounds, "counties", lambda: [harness.A])
    monkeypatch.setattr(rounds, "TIMED", {})
    monkeypatch.setattr(broker.line, "waiting", lambda: waiting)
    monkeypatch.setattr(rounds, "MOMENT", 0.1)
    for queue in QUEUES:
        monkeypatch.setitem(QUEUES, queue, lambda *, now, queue=queue: looked.append(queue))
    rounds.one_round(number)
    assert (looked, said) == (list(QUEUES), [])


# --- where nobody answers -------------------------------------------------------------------------------------------


def test_a_broker_that_is_away_is_told_once_costs_one_wait_and_fails_nobody(broker, monkeypatch, caplog):
    asked: list[int] = []

    def connected():
        asked.append(1)
        raise ConnectionRefusedError

    monkeypatch.setattr(broker, "_connected", connected)
    with caplog.at_level(logging.WARNING):
        for _message in range(3):
            look.using(backend="broker").enqueue(harness.A, "deliver")
        assert rounds._broker_takes() is False
        broker.line._rests_until = 0.0
        with pytest.raises(broker.Away):
            broker.line.waiting()
    assert len(asked) == 2
    assert [record.getMessage() for record in caplog.records] == [
        "the broker does not answer (ConnectionRefusedError): the work goes on without it"
    ]


def test_a_round_without_the_broker_does_all_itself(broker, monkeypatch):
    monkeypatch.setattr(rounds, "counties", lambda: [harness.A])
    rounds.one_round(1)
    assert not Schedule.objects.exclude(taken_until=None).exists()
    assert Schedule.objects.filter(due_at__gt=clock.now()).count() == len(TIMED)


def test_a_message_that_makes_no_sense_does_nothing(caplog):
    do_timed.call(harness.A, "delete_everything", NOON.isoformat(), NOON.isoformat())
    do_timed.call(harness.A, "read_mail", "yesterday", NOON.isoformat())
    look.call("99010", "deliver")
    look.call(harness.A, "delete_everything")
    assert [type(record.exc_info[1]).__name__ for record in caplog.records if record.exc_info] == [
        "KeyError", "ValueError", "UnknownCounty", "KeyError",
    ]  # fmt: skip
    assert not Schedule.objects.exists()


# --- what the operator is told --------------------------------------------------------------------------------------


def test_no_broker_is_no_trouble():
    assert found("broker") == (Health.GOOD, "后台工作由数据库排队，没有用消息中间件。")


def test_a_broker_that_does_not_answer_costs_speed_alone(broker):
    assert found("broker") == (Health.LOOK, "消息中间件没有应答（OperationalError）。")


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        (True, (Health.GOOD, "消息中间件和 Celery 进程都在应答。")),
        (False, (Health.LOOK, "没有 Celery 进程应答。")),
    ],
)
def test_workers_that_answer_or_not(broker, monkeypatch, answer, finding):
    monkeypatch.setattr(broker.Line, "workers_answer", lambda self: answer)
    assert found("broker") == finding
