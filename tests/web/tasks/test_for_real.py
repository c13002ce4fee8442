"""Two hundred jobs, really carried: by rows, by Redis, by RabbitMQ. A worker is killed in the middle of a job, the
broker in the middle of the run; every job is done once in effect."""

import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections import Counter
from datetime import timedelta
from importlib import import_module

import pytest
from celery.signals import worker_ready
from django.db import connections

from bench.drills.brokers import broker
from tests import harness
from weimin.web import schedule
from weimin.web.models import Schedule
from weimin.web.schedule import Every
from weimin.web.tasks import TIMED, rounds

pytestmark = pytest.mark.django_db(transaction=True)
FORK = multiprocessing.get_context("fork")
JOBS = [f"job-{number:03d}" for number in range(200)]
SLOW = "job-000"


class Book:
    """What was done, one line each, and by which process: a file to which many append, so a job done twice shows."""

    def __init__(self, folder):
        self.path, self.begun = folder / "done", folder / "begun"
        self.path.touch()

    def act(self, job):
        def do(*, now):
            if job == SLOW and not self.begun.exists():
                self.begun.write_text(str(os.getpid()))
                time.sleep(600)  # until it is killed
            time.sleep(0.005)
            with self.path.open("a") as file:
                file.write(f"{job} {os.getpid()}\n")

        return do

    def lines(self):
        return [(job, int(process)) for job, process in map(str.split, self.path.read_text().splitlines())]

    def wait_for(self, count):
        """Until so many are done: their lines written, and after that their rows given back."""
        wait_until(lambda: len(self.lines()) >= count)
        wait_until(lambda: Schedule.objects.filter(taken_until=None).count() >= count)


@pytest.fixture
def book(tmp_path, monkeypatch):
    book = Book(tmp_path)
    monkeypatch.setattr(rounds, "counties", lambda: [harness.A])
    monkeypatch.setattr(rounds, "QUEUES", {})
    for job in [*TIMED]:
        monkeypatch.delitem(TIMED, job)
    for job in JOBS:
        monkeypatch.setitem(TIMED, job, (book.act(job), Every(timedelta(days=1), lease=timedelta(seconds=5))))
    monkeypatch.setattr(schedule, "BEGUN_WITHIN", timedelta(seconds=4))
    return book


@pytest.fixture
def begin():
    """Starts a process; all are ended with the test."""
    begun = []

    def start(act, *words):
        connections.close_all()
        begun.append(FORK.Process(target=_alone, args=[act, *words], daemon=True))
        begun[-1].start()
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.join()


def wait_until(question):
    until = time.monotonic() + 60
    while not question():
        assert time.monotonic() < until, "not within a minute"
        time.sleep(0.02)


def _alone(act, *words):
    warnings.simplefilter("ignore")
    sys.modules.pop("weimin.web.tasks.broker", None)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    act(*words)


def _work():
    """As `bin/weimin work`, without its pauses and its own rounds."""
    while True:
        rounds.one_round(1)
        time.sleep(0.05)


def _broker():
    """The module as this test's settings have it; another test may have read it with others."""
    sys.modules.pop("weimin.web.tasks.broker", None)
    return import_module("weimin.web.tasks.broker")


def _celery(ready):
    app = _broker().app
    worker_ready.connect(lambda **_: ready.touch(), weak=False)
    app.conf.update(worker_hijack_root_logger=False, broker_connection_retry=True)
    app.Worker(
        pool="solo", hostname=f"{ready.name}@test", without_gossip=True, without_mingle=True, loglevel="CRITICAL"
    ).start()


def kill_whoever_is_at_the_slow_one(book):
    wait_until(lambda: book.begun.exists() and book.begun.read_text())
    os.kill(killed := int(book.begun.read_text()), signal.SIGKILL)
    return killed


def times_done(book):
    return Counter(job for job, _process in book.lines())


def test_by_rows_of_the_database(book, begin):
    for _process in range(3):
        begin(_work)
    killed = kill_whoever_is_at_the_slow_one(book)
    book.wait_for(200)
    assert times_done(book) == dict.fromkeys(JOBS, 1)
    assert Schedule.objects.filter(taken_until=None).count() == 200
    assert len({process for _job, process in book.lines()} - {killed}) == 2


@pytest.mark.parametrize(
    "kind", [pytest.param("redis", marks=pytest.mark.redis), pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)]
)
def test_by_celery_while_a_worker_and_the_broker_are_killed(book, begin, settings, kind):
    settings.BROKER_QUEUE = f"weimin-test-{os.getpid()}"
    with broker(kind, settings.BROKER_QUEUE) as carrier:
        settings.BROKER_URL = carrier.url
        settings.TASKS = {**settings.TASKS, "broker": {"BACKEND": "weimin.web.tasks.broker.CeleryBackend"}}
        workers = {begin(_celery, book.path.with_name(f"worker-{number}")).pid for number in range(3)}
        wait_until(lambda: len([*book.path.parent.glob("worker-*")]) == 3)
        work = begin(_work).pid
        workers.remove(kill_whoever_is_at_the_slow_one(book))
        book.wait_for(50)
        assert work not in {process for _job, process in book.lines()}
        carrier.kill()
        book.wait_for(120)  # without the broker
        carrier.up()
        book.wait_for(200)
    assert times_done(book) == dict.fromkeys(JOBS, 1)
    assert work in {process for _job, process in book.lines()}
    assert Schedule.objects.filter(taken_until=None).count() == 200
