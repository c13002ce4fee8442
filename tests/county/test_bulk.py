"""What is laid down in bulk is what `save` would have written, on both databases."""

import gc
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from tests.cast import NOON
from weimin.county.actors import IMPORT
from weimin.county.bulk import AskedMeanwhile, lay_down, new_row, set_columns, take_keys, uncollected
from weimin.county.models import Leave, Office
from weimin.county.together import insert_together
from weimin.households.models import Resident
from weimin.ledger.models import Entry
from weimin.matters.journey.bring_in import Old, _Batch
from weimin.matters.models import Answer, Event, Matter
from weimin.matters.states import Act, State

ODD = ["", "水", "a\tb\nc\rd\\e\\N\\.", "\\", "\U00020bb7 'x' \"y\"", "\x1f\x7f\u2028", "{}", "null"]


def matter(cast, **over):
    old = Old(
        outside_id="1", text="停水", title="停水", kind=cast.kinds["WATER"], place=cast.places["qingshi"],
        received_at=NOON, lat=Decimal("36.100000"), long=Decimal("-117.5"),
    )  # fmt: skip
    return next(_Batch([replace(old, **over)], post=cast.posts["QS-01"], by=IMPORT, now=NOON).matters())


def both_ways(table, row, pk="pk"):
    """The row as it is read after `save`, and after it was laid down under the same key; together with others, too."""
    told = []
    ways = (lambda: super(type(row), row).save(force_insert=True), lambda: lay_down(table, [row]))
    for way in (*ways, lambda: insert_together(row)):
        with transaction.atomic():
            way()
            told.append(table.objects.values().get(**{pk: getattr(row, pk)}))
            transaction.set_rollback(True)
    saved, laid, together = told
    assert together == saved
    return saved, laid


@pytest.mark.parametrize("words", ODD[1:])
def test_every_kind_of_column_holds_what_save_would_write(cast, words):
    row = matter(cast, text=words, address=words)
    row.details = {words: [words, 1, None, True, {"a": 1.5}], "b": {}}
    row.clock_waiting = None
    saved, laid = both_ways(Matter, row)
    assert laid == saved
    assert (laid["text"], laid["details"], laid["clock_waiting"]) == (words, row.details, None)
    assert (laid["lat"], laid["long"]) == (Decimal("36.1"), Decimal("-117.5"))
    assert (laid["state"], laid["received_at"], laid["clock_provisional"]) == ("RECEIVED", NOON, False)


def test_days_bytes_and_words_of_an_enumeration(cast):
    given = cast.matter(State.ANSWERED)
    answer = Answer.objects.get()
    answer.pk, answer.promise, answer.promise_due_on = 77, "修好", date(2026, 10, 9)
    saved, laid = both_ways(Answer, answer)
    assert laid == saved and laid["promise_due_on"] == date(2026, 10, 9)
    event = Event(
        pk=78, matter=given, act=Act.NOTE, at=datetime(2026, 9, 29, 4, 0, 0, 123456, tzinfo=UTC), by_kind="import",
        to_state=State.ANSWERED, words="x", data={}, salt=bytes(range(16)),
    )  # fmt: skip
    saved, laid = both_ways(Event, event)
    assert {**laid, "salt": bytes(laid["salt"])} == {**saved, "salt": bytes(range(16))}
    assert laid["at"] == event.at


@pytest.mark.parametrize("words", ["王桂芳", "a\\b", "O'Neil\t李"])
def test_personal_fields_are_sealed_and_found(db, words):
    person = Resident(pk=5, name=words, phone="13900000001", source="IMPORT", recorded_at=NOON)
    lay_down(Resident, [person])
    read = Resident.objects.get(search_index__has_word=f"n{''.join(words.lower().split())[:2]}")
    assert (read.name, read.phone, read.email) == (words, "13900000001", "")
    assert Resident.objects.get(phone_index__is_word="13900000001").pk == 5
    assert model_to_dict(read, ["reach_by", "source"]) == {"reach_by": "PHONE", "source": "IMPORT"}


def entry(about):
    return Entry(at=NOON, what="matter.note", about=about, by="import", digest=bytes(32))


def test_the_database_gives_keys_in_the_order_of_the_rows(db):
    abouts = [f"matter:{n}" for n in range(450)]
    lay_down(Entry, map(entry, abouts), keyed=False)
    assert list(Entry.objects.order_by("pk").values_list("about", flat=True)) == abouts


def office(cast, pk, code):
    return Office(pk=pk, code=code, name_zh=code, name_en=code, place=cast.places["county"])


@pytest.mark.django_db(transaction=True)
def test_keys_taken_before_are_nobody_elses(cast):
    with transaction.atomic():
        keys = take_keys(Office, 250)
        lay_down(Office, [office(cast, key, f"N-{key}") for key in keys])
    later = Office.objects.create(code="LATER", name_zh="后", name_en="Later", place=cast.places["county"])
    assert len(set(keys)) == 250 and list(keys) == sorted(keys)
    assert later.pk not in keys
    with transaction.atomic():
        assert take_keys(Office, 1)[0] not in {*keys, later.pk}


def test_one_wrong_row_leaves_none(cast):
    before = Office.objects.count()
    with pytest.raises(IntegrityError), transaction.atomic():
        lay_down(Office, [office(cast, 9001, "NEW-1"), office(cast, 9002, "WATER")])  # the second code is taken
    assert Office.objects.count() == before


def test_nobody_asks_while_rows_are_on_their_way(cast):
    """On PostgreSQL the connection would wait for itself, for ever."""

    def offices():
        yield office(cast, 9001, f"N-{Office.objects.count()}")

    with pytest.raises(AskedMeanwhile, match="before lay_down"), transaction.atomic():
        lay_down(Office, offices())
    assert not Office.objects.filter(pk=9001).exists()


def test_a_value_that_no_column_holds_is_refused(cast):
    with pytest.raises(TypeError, match="float"), transaction.atomic():
        lay_down(Leave, [Leave(pk=1, official=cast.officials["li"], from_on=1.5, to_on=None)])


def what_is_in(row):
    """Columns and what is related. Which database is asked is left out: there is one."""
    kept = row._state.fields_cache
    return {name: value for name, value in vars(row).items() if name != "_state"}, row._state.adding, kept


@pytest.mark.parametrize("table", [Matter, Event, Answer, Resident])
def test_a_new_row_is_what_its_table_makes(cast, table):
    columns = {
        Matter: {"number": "QS-2609-000001-1", "kind": cast.kinds["WATER"], "lead": None, "owner": cast.posts["QS-01"]},
        Event: {"matter": Matter(pk=7), "act": Act.NOTE, "post": None, "official": cast.officials["li"]},
        Answer: {"matter": Matter(pk=7), "by": cast.officials["li"], "facts": "好了。"},
        Resident: {"id": 5, "name": "王桂芳", "mark": "m"},
    }[table]
    ours, theirs = new_row(table, **columns), table(**columns)
    assert what_is_in(ours) == what_is_in(theirs)
    assert new_row(Resident).mark != new_row(Resident).mark
    assert new_row(Matter).details is not new_row(Matter).details


def test_columns_are_set_as_attributes_are(cast):
    ours, theirs = (Matter(kind=cast.kinds["ROADS"], lead=cast.offices["ROADS"]) for _ in range(2))
    columns = {"kind": cast.kinds["WATER"], "lead": None, "state": State.HANDLED}
    set_columns(ours, columns)
    for name, value in columns.items():
        setattr(theirs, name, value)
    assert what_is_in(ours) == what_is_in(theirs)
    assert (ours.kind, ours.kind_id, ours.lead, ours.lead_id) == (cast.kinds["WATER"], ours.kind.pk, None, None)
    for make in (lambda: new_row(Matter, colour=1), lambda: set_columns(ours, {"colour": 1})):
        with pytest.raises(TypeError, match="Matter has no column colour"):
            make()


def test_the_collector_goes_on_afterwards():
    with uncollected():
        assert gc.isenabled() is False
    assert gc.isenabled() is True
    with pytest.raises(RuntimeError), uncollected():
        raise RuntimeError
    assert gc.isenabled() is True


def test_the_garbage_collector_is_left_as_it_was_found():
    with uncollected():
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
