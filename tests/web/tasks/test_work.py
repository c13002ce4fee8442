"""The worker's rounds: what fails is told with its traceback, and everything else goes on."""

import logging
from datetime import timedelta

import pytest
from django.core.management import call_command

from tests.cast import NOON
from weimin.kernel import clock
from weimin.matters import journey
from weimin.matters.models import Matter
from weimin.matters.states import State
from weimin.notices.models import Notice
from weimin.notices.states import Delivery
from weimin.web import tasks
from weimin.web.management.commands import work
from weimin.web.schedule import Every
from weimin.web.tasks import QUEUES, TIMED, rounds

LATE = NOON + timedelta(days=20)


@pytest.fixture(autouse=True)
def _late(cast, monkeypatch, settings, tmp_path):
    settings.OUTBOX = tmp_path
    monkeypatch.setattr(clock, "now", lambda: LATE)
    monkeypatch.setattr(work, "close_old_connections", lambda: None)  # the connection is the test's own
    monkeypatch.setattr(work.signal, "signal", lambda *_: None)


def failures(caplog):
    return [(record.name, type(record.exc_info[1]).__name__) for record in caplog.records if record.exc_info]


def test_a_round_escalates_and_sends(cast, caplog):
    matter = cast.matter(State.HANDLED)
    call_command("work", once=True)
    assert Matter.objects.get(pk=matter.pk).escalated == 1
    assert set(Notice.objects.values_list("state", flat=True)) == {Delivery.SENT}
    assert failures(caplog) == []


def test_one_matter_that_cannot_be_worked_on_holds_up_no_other(cast, caplog, monkeypatch):
    broken, sound = cast.matter(State.HANDLED), cast.matter(State.HANDLED)
    escalate = journey.escalate_matter

    def breaks(matter, **how):
        if matter.pk == broken.pk:
            raise ZeroDivisionError("a rule divides by nothing")
        return escalate(matter, **how)

    monkeypatch.setattr("weimin.matters.journey.escalate_matter", breaks)
    call_command("work", once=True)
    assert [Matter.objects.get(pk=one.pk).escalated for one in (broken, sound)] == [0, 1]
    assert failures(caplog) == [("weimin.matters.tasks", "ZeroDivisionError")]


def test_messages_are_sent_though_the_clocks_fail(cast, caplog, monkeypatch):
    cast.matter(State.RECEIVED)

    def run_due(*, now):
        raise LookupError("no calendar")

    monkeypatch.setitem(QUEUES, "run_due", run_due)
    with caplog.at_level(logging.ERROR):
        call_command("work", once=True)
    assert failures(caplog) == [(tasks.__name__, "LookupError")]
    assert set(Notice.objects.values_list("state", flat=True)) == {Delivery.SENT}


def test_a_directory_that_cannot_be_read_ends_the_round_and_not_the_worker(caplog, monkeypatch):
    def counties():
        raise OSError("the disk is away")

    monkeypatch.setattr(rounds, "counties", counties)
    call_command("work", once=True)
    assert failures(caplog) == [(rounds.__name__, "OSError")]


def test_what_is_old_is_swept_in_the_first_round_and_then_every_hour(monkeypatch):
    swept, waits = [], []

    class Stop:
        def set(self):
            raise AssertionError("nobody sends a signal here")

        def wait(self, seconds):
            waits.append(seconds)
            return len(waits) == 721  # an hour of five seconds each, and one more

    def forget_old(*, now):
        swept.append(len(waits))

    hourly = (forget_old, Every(timedelta(hours=1)))
    monkeypatch.setattr(work.threading, "Event", Stop)
    monkeypatch.setattr(clock, "now", lambda: LATE + timedelta(seconds=5 * len(waits)))
    monkeypatch.setattr(rounds, "QUEUES", {})
    monkeypatch.setattr(rounds, "TIMED", {"forget_old": hourly})
    monkeypatch.setitem(TIMED, "forget_old", hourly)
    call_command("work")
    assert swept == [0, 720]
    assert set(waits) == {5}
