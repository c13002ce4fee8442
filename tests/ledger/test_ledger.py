"""The ledger: one entry per act, committed to and never changed."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from weimin.ledger.checks import role_is_bound
from weimin.ledger.models import Entry, LedgerIsKept
from weimin.ledger.services import Act, NotInTransaction, record, record_many, verify

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ABOUT = "matter:QS-2611-000123-7"
CONTENT = {
    "text": "青石村水管爆裂",
    "phone": "13800000000",
    "at": NOON,
    "fee": Decimal("12.50"),
    "tags": ("水", 1, None, True),
}

pytestmark = pytest.mark.django_db


def water_reported(**over):
    return record(
        **{"what": "matter.received", "about": ABOUT, "by": "post:QS-CJB-01", "at": NOON, "content": CONTENT, **over}
    )


def test_one_act_is_one_entry_whose_body_is_canonical_json(django_assert_num_queries):
    with django_assert_num_queries(1):
        done = water_reported()
    entry = Entry.objects.get()
    assert entry.pk == done.entry_id
    assert entry.body == (
        '{"about":"matter:QS-2611-000123-7","at":"2026-11-23T04:00:00.000000Z","by":"post:QS-CJB-01",'
        f'"commitment":"{done.commitment}","county":"990101","v":1,"what":"matter.received"}}'
    )
    assert json.loads(entry.body) == {
        "v": 1, "county": "990101", "at": "2026-11-23T04:00:00.000000Z", "what": entry.what,
        "about": entry.about, "by": entry.by, "commitment": entry.commitment,
    }  # fmt: skip
    assert entry.at == NOON


def test_the_commitment_hides_the_content_and_proves_it():
    done = water_reported()
    assert len(done.salt) == 16
    canonical = (
        '{"at":"2026-11-23T04:00:00.000000Z","fee":"12.50","phone":"13800000000",'
        '"tags":["水",1,null,true],"text":"青石村水管爆裂"}'
    )
    assert done.commitment == "sha256:" + sha256(done.salt + canonical.encode()).hexdigest()
    assert verify(CONTENT, salt=done.salt, commitment=done.commitment) is True
    assert verify({**CONTENT, "phone": "13800000001"}, salt=done.salt, commitment=done.commitment) is False
    assert verify(CONTENT, salt=bytes(16), commitment=done.commitment) is False
    assert "青石" not in Entry.objects.get().body


def test_the_same_content_twice_shows_no_likeness():
    first, second = water_reported(), water_reported()
    assert first.salt != second.salt
    assert first.commitment != second.commitment


def test_many_acts_keep_their_order():
    act = Act(what="matter.received", about=ABOUT, by="import", at=NOON, content=CONTENT)
    done = record_many(acts=[replace(act, about=f"matter:QS-2611-{n:06}-0") for n in range(1200)])
    assert list(Entry.objects.order_by("pk").values_list("about", flat=True)) == [
        f"matter:QS-2611-{n:06}-0" for n in range(1200)
    ]
    assert [one.entry_id for one in done] == list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    assert verify(CONTENT, salt=done[7].salt, commitment=done[7].commitment) is True


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": "李敏"}, {"by": "post:李敏"}, {"about": "matter:王桂芳"}, {"about": "matter"},
        {"what": "Matter received"}, {"what": "received"}, {"by": ""}, {"at": datetime(2026, 11, 23, 12, 0)},  # noqa: DTZ001 -- the fault itself
    ],
)  # fmt: skip
def test_it_keeps_codes_and_moments_never_names(wrong):
    with pytest.raises(ValueError, match="ledger"):
        water_reported(**wrong)
    assert Entry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded():
    with pytest.raises(NotInTransaction):
        water_reported()
    assert Entry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_fails_leaves_no_entry():
    @transaction.atomic
    def recorded_and_then_broken():
        water_reported()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        recorded_and_then_broken()
    assert Entry.objects.count() == 0


def test_no_way_through_the_orm():
    water_reported()
    entry = Entry.objects.get()
    tries = [
        entry.save,
        entry.delete,
        lambda: Entry.objects.update(by="clock"),
        lambda: Entry.objects.filter(pk=entry.pk).delete(),
        lambda: Entry.objects.bulk_update([entry], ["by"]),
        lambda: Entry.objects.update_or_create(pk=entry.pk, defaults={"by": "clock"}),
        lambda: Entry.objects.select_for_update().get(),
        lambda: Entry._base_manager.update(by="clock"),
        lambda: Entry.objects.bulk_create([entry], update_conflicts=True, unique_fields=["id"], update_fields=["by"]),
    ]
    for attempt in tries:
        with pytest.raises(LedgerIsKept):
            attempt()
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry(**{name: getattr(entry, name) for name in ("id", "at", "what", "about", "digest")}).save()
    assert list(Entry.objects.values_list("by", flat=True)) == ["post:QS-CJB-01"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET by = 'clock'",
        "UPDATE ledger_entry SET digest = digest",
        "DELETE FROM ledger_entry",
        "DELETE FROM ledger_entry WHERE id > 0",
        "REPLACE INTO ledger_entry SELECT * FROM ledger_entry",
        "INSERT INTO ledger_entry SELECT * FROM ledger_entry ON CONFLICT (id) DO UPDATE SET by = 'clock'",
        "TRUNCATE ledger_entry",
    ],
)
def test_no_way_through_sql(statement):
    water_reported()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Entry.objects.values_list("by", flat=True)) == ["post:QS-CJB-01"]


@pytest.mark.postgresql
def test_the_owner_itself_was_refused_by_the_database():
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry")


@pytest.mark.postgresql
def test_a_role_that_default_privileges_let_in_loses_the_right_too():
    guard = import_module("weimin.ledger.migrations.0002_appended_only")
    with connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON ledger_entry TO pg_monitor")
        guard.forbid(apps, connection.schema_editor())
        cursor.execute(
            "SELECT has_table_privilege('pg_monitor', 'ledger_entry', word)"
            " FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) word"
        )
        assert [allowed for (allowed,) in cursor.fetchall()] == [True, True, False, False, False]


def test_an_ordinary_role_raises_no_warning():
    assert role_is_bound(["default"]) == []


@pytest.mark.postgresql
def test_a_superuser_is_pointed_out(monkeypatch):
    monkeypatch.setattr("weimin.ledger.checks.SUPERUSER", "SELECT 'postgres'")
    assert [found.id for found in role_is_bound(["default"])] == ["ledger.W001"]


@pytest.mark.django_db(transaction=True)
def test_a_test_that_committed_leaves_a_locked_and_empty_ledger():
    with transaction.atomic():
        water_reported()
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_and_the_next_one_finds_it_so():
    assert Entry.objects.count() == 0
    with transaction.atomic():
        water_reported()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry")
