"""The ledger's rows lose what follows from them: nothing that was hashed changes, and nothing is lost in doubt."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
import rfc8785
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from weimin.ledger.models import Entry

guards = import_module("weimin.ledger.migrations.0002_appended_only")
short = import_module("weimin.ledger.migrations.0003_short_rows")

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = ("ledger", "0002_appended_only")
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def hashed(number):
    """What stood in the body of an entry, written by the library and not by the house."""
    at = "2026-11-23T04:00:00.000000Z" if number == 1 else f"2026-11-23T04:00:00.00000{number}Z"
    return rfc8785.dumps(
        {
            "v": 1, "at": at, "what": "matter.receive", "about": f"matter:QS-2611-00000{number}-7", "by": "post:QS-1",
            "commitment": f"sha256:{number:064x}", "county": "990101",
        }
    ).decode()  # fmt: skip


@pytest.fixture
def earlier():
    """The table as it stood before, with three rows; afterwards as every other test knows it."""
    state = MigrationLoader(None).project_state([BEFORE])
    with ExitStack() as whole:
        if connection.vendor == "postgresql":  # all of it is taken back, the rights on the table as well
            whole.enter_context(transaction.atomic())
            whole.callback(transaction.set_rollback, True)
        else:
            whole.callback(_anew, Entry)
        model = state.apps.get_model("ledger", "Entry")
        _anew(model)
        for number in (1, 2, 3):
            model(
                at=AT + timedelta(microseconds=number if number > 1 else 0), county="990101", what="matter.receive",
                about=f"matter:QS-2611-00000{number}-7", by="post:QS-1", commitment=f"sha256:{number:064x}",
                body=hashed(number),
            ).save()  # fmt: skip
        yield state, model


def _anew(model):
    with connection.schema_editor() as editor:
        editor.execute("DROP TABLE ledger_entry")
        editor.create_model(model)
        guards.forbid(None, editor)


def migrate(state):
    with connection.schema_editor() as editor:
        short.Migration("0003_short_rows", "ledger").apply(state, editor)


def test_every_body_reads_as_it_was_hashed_and_the_ledger_is_kept_as_before(earlier):
    state, _model = earlier
    migrate(state)
    entries = list(Entry.objects.order_by("id"))
    assert [entry.body for entry in entries] == [hashed(1), hashed(2), hashed(3)]
    assert [entry.pk for entry in entries] == [1, 2, 3]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry")
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry(at=AT, what="matter.receive", about="matter:X", by="clock", digest=b"short").save()
    last = Entry(at=AT, what="matter.receive", about="matter:X", by="clock", digest=bytes(32))
    last.save()
    assert last.pk > 3
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "ledger_entry")
    assert found["ledger_about"]["columns"] == ["about"]


@pytest.mark.parametrize(
    "over",
    [
        {"body": hashed(2).replace("receive", "dispatch")},
        {"body": hashed(2).replace(":", ": ")},
        {"by": "post:QS-2"},
        {"county": "990102", "body": hashed(2).replace("990101", "990102")},
        {"commitment": "sha256:nothing"},
        {"commitment": "sha256:00", "body": hashed(2).replace(f"{2:064x}", "00")},
    ],
    ids=["act", "spaces", "actor", "county", "no-hash", "short-hash"],
)
def test_a_row_that_says_something_else_than_was_hashed_stops_it_and_nothing_changes(earlier, over):
    state, model = earlier
    row = model.objects.values().get(pk=2)
    model(**{**row, "id": 4, **over}).save(force_insert=True)
    before = list(model.objects.order_by("id").values_list())
    with pytest.raises(short.BodyDiffers, match="ledger entry 4"):
        migrate(state)
    assert list(model.objects.order_by("id").values_list()) == before
