"""Somebody with the keys of the database changes what was recorded (R10): every line is held against the ledger, and
the matter it was done to is named.

Ledger and timelines changed together, all of them rewritten, two views kept side by side, or an old copy brought back:
that only a checkpoint kept outside could show, and there is none yet.
"""

import pytest
from django.db import connection, transaction

from tests.cast import NOON
from weimin.ledger.models import Entry
from weimin.matters.models import Event
from weimin.matters.proofs import Opened, open_timelines
from weimin.matters.states import State

pytestmark = pytest.mark.django_db
EARLIER = NOON.replace(hour=9)
MATTERS, LINES = 5, 5  # received, classified, dispatched, accepted, answered


@pytest.fixture
def numbers(cast):
    return [cast.matter(State.ANSWERED).number for _ in range(MATTERS)]


def run(statement: str, *values: object) -> int:
    """Past the models, as who owns the tables and has lifted the guards of the ledger."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("GRANT UPDATE, DELETE ON ledger_entry TO CURRENT_USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_entry'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(statement, values)
        return cursor.rowcount


def flipped(held: bytes) -> bytes:
    """One bit of it."""
    return bytes([held[0] ^ 1]) + bytes(held[1:])


def entry_of(number: str) -> Entry:
    return Entry.objects.filter(about=f"matter:{number}", what="matter.answer").get()


def line_of(number: str) -> Event:
    return Event.objects.filter(matter__number=number, act="ANSWER").get()


CUT = "the end of the ledger cut off"
TAMPERED = {
    "a bit of an entry": lambda n: run(
        "UPDATE ledger_entry SET digest = %s WHERE id = %s", flipped(bytes(entry_of(n).digest)), entry_of(n).pk
    ),
    "a bit of a line's salt": lambda n: run(
        "UPDATE matters_event SET salt = %s WHERE id = %s", flipped(bytes(line_of(n).salt)), line_of(n).pk
    ),
    "who, in an entry": lambda n: run("UPDATE ledger_entry SET by = 'official' WHERE id = %s", entry_of(n).pk),
    "when, in an entry": lambda n: run("UPDATE ledger_entry SET at = %s WHERE id = %s", EARLIER, entry_of(n).pk),
    "the words of a line": lambda n: run("UPDATE matters_event SET words = 'x' WHERE id = %s", line_of(n).pk),
    "an entry deleted": lambda n: run("DELETE FROM ledger_entry WHERE id = %s", entry_of(n).pk),
    "a line deleted": lambda n: run("DELETE FROM matters_event WHERE id = %s", line_of(n).pk),
    "an entry inserted": lambda n: run(
        "INSERT INTO ledger_entry (at, what, about, by, digest) SELECT at, what, about, by, digest FROM ledger_entry "
        "WHERE id = %s", entry_of(n).pk,
    ),
    "a line inserted": lambda n: run(
        "INSERT INTO matters_event (matter_id, act, at, by_kind, from_state, to_state, words, data, internal, salt) "
        "SELECT matter_id, act, at, by_kind, from_state, to_state, words, data, internal, salt FROM matters_event "
        "WHERE id = %s", line_of(n).pk,
    ),
    CUT: lambda n: run("DELETE FROM ledger_entry WHERE id >= %s", entry_of(n).pk),
}  # fmt: skip


def test_what_nobody_touched_is_proved(numbers):
    assert open_timelines() == Opened(lines=MATTERS * LINES)


@pytest.mark.parametrize("kind", TAMPERED)
def test_what_was_tampered_with_is_named(numbers, kind):
    for which, number in enumerate(numbers):
        with transaction.atomic():
            assert TAMPERED[kind](number) >= 1
            told = set(open_timelines().unproved)
            transaction.set_rollback(True)
        assert told == set(numbers[which:] if kind == CUT else [number])
    assert open_timelines().unproved == []
