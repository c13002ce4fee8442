"""On SQLite the writers of a process queue for each other, and whoever fails lets the next one in."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from tests import harness
from weimin.county.context import use_county
from weimin.county.models import Office
from weimin.county.sqlite import base

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


def elsewhere(act):
    """In another thread, with a connection of its own."""

    def run():
        try:
            with use_county(harness.A):
                return act()
        finally:
            connection.close()

    return ThreadPoolExecutor(1).submit(run)


def rename(to: str) -> None:
    with transaction.atomic():
        Office.objects.filter(code="WATER").update(phone=to)


def test_the_next_writer_waits_for_the_end_and_sees_it(cast):
    inside, may_end = threading.Event(), threading.Event()

    def long():
        with transaction.atomic():
            Office.objects.filter(code="WATER").update(phone="1")
            inside.set()
            assert may_end.wait(10)

    first = elsewhere(long)
    assert inside.wait(10)
    second = elsewhere(lambda: rename("2"))
    assert not second.done() and base._writer.locked()
    may_end.set()
    first.result(10), second.result(10)
    assert Office.objects.get(code="WATER").phone == "2"
    assert not base._writer.locked()


@pytest.mark.parametrize("trouble", [ZeroDivisionError, KeyboardInterrupt])
def test_whoever_fails_lets_the_next_in(cast, trouble):
    with pytest.raises(trouble), transaction.atomic():
        raise trouble
    assert not base._writer.locked()


def test_a_begin_that_fails_lets_the_next_in(cast, monkeypatch):
    def fails(self):
        raise FileNotFoundError

    monkeypatch.setattr(base.base.DatabaseWrapper, "_start_transaction_under_autocommit", fails)
    with pytest.raises(FileNotFoundError), transaction.atomic():
        pass
    monkeypatch.undo()
    assert not base._writer.locked()
    rename("3")
    assert Office.objects.get(code="WATER").phone == "3"


def test_a_connection_closed_in_mid_act_lets_the_next_in(cast):
    def leave():
        transaction.set_autocommit(False)
        connection.close()

    elsewhere(leave).result(10)
    assert not base._writer.locked()
