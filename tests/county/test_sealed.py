"""Sealed fields: what is written comes back, in its place only, and only with its keys."""

import json
import string
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import NOON
from weimin.county.models import AnsweredRequest
from weimin.county.sealed import KeyTrouble, ring
from weimin.county.sealed.files import dumps, loads, path_of
from weimin.county.sealed.ring import SEALED, SHORT, Ring, new_key
from weimin.households.models import Resident
from weimin.matters.models import Incoming
from weimin.notices.models import Notice

KEYS = [new_key(made_at="2026-09-01T00:00:00Z"), new_key(made_at="2026-09-02T00:00:00Z")]


def raw(table, column, pk):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def put(table, column, pk, value):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, pk])


# --- the ring -------------------------------------------------------------------------------------------------------


@given(st.text(), st.text(string.ascii_letters + "._:0123456789"))
def test_whatever_is_sealed_opens_where_it_was_sealed(words, place):
    sealed = Ring("990101", KEYS[:1]).seal(words.encode(), bound_to=place)
    assert Ring("990101", KEYS).open(sealed, bound_to=place).decode() == words
    with pytest.raises(KeyTrouble, match="was changed, or moved there"):
        Ring("990101", KEYS).open(sealed, bound_to=f"{place}1")


@given(st.binary(min_size=1, max_size=80), st.data())
def test_one_changed_sign_and_it_does_not_open(words, data):
    sealed = Ring("990101", KEYS).seal(words, bound_to="t.c:1")
    at = data.draw(st.integers(0, len(sealed) - 2))  # the last sign also holds bits that are no part of the value
    other = data.draw(st.sampled_from([sign for sign in string.ascii_letters + string.digits if sign != sealed[at]]))
    with pytest.raises(KeyTrouble):
        Ring("990101", KEYS).open(sealed[:at] + other + sealed[at + 1 :], bound_to="t.c:1")


def test_the_value_names_cipher_and_key_and_is_never_the_same_twice():
    ring = Ring("990101", KEYS)
    first, second = (ring.seal("王桂芳".encode(), bound_to="t.c:1") for _ in range(2))
    assert first != second
    assert SEALED.fullmatch(first).groups()[:2] == ("A256GCM", KEYS[1].id)


def test_the_same_key_in_another_county_opens_nothing():
    sealed = Ring("990101", KEYS).seal(b"wang", bound_to="t.c:1")
    with pytest.raises(KeyTrouble):
        Ring("990102", KEYS).open(sealed, bound_to="t.c:1")


def test_blind_words_tell_nothing_without_the_key():
    here, there = Ring("990101", KEYS[:1]), Ring("990101", KEYS[1:])
    assert here.blind(["王桂"], signs=26) == here.blind(["王桂"], signs=26) != there.blind(["王桂"], signs=26)
    assert here.blind_by_all("王桂", signs=4) == here.blind(["王桂"], signs=4)


def test_a_word_that_is_remembered_is_what_its_key_writes_and_no_other():
    before, after = new_key(made_at="2026-09-01"), new_key(made_at="2026-09-02")
    words = [f"p{part}" for part in range(20)]
    remembered = [Ring("990101", [before]).blind(words, signs=SHORT) for _turn in range(2)]
    written = [Ring("990101", [before]).blind_by_all(word, signs=SHORT)[0] for word in words]
    assert remembered == [sorted(set(written))] * 2
    assert set(Ring("990101", [before, after]).blind(words, signs=SHORT)) != set(written)


def test_a_file_of_keys_that_was_changed_is_refused():
    told = json.loads(dumps(Ring("990101", KEYS)))
    assert [key.id for key in loads(json.dumps(told), county="990101", where="here").keys] == [key.id for key in KEYS]
    for broken in (
        {**told, "county": "990102"},
        {**told, "keys": []},
        {**told, "keys": [{**told["keys"][0], "key": told["keys"][1]["key"]}]},
        {**told, "keys": [{**told["keys"][0], "key": "AAAA"}]},
        {"county": "990101"},
    ):
        with pytest.raises(KeyTrouble, match="here does not hold keys of county 990101"):
            loads(json.dumps(broken), county="990101", where="here")


# --- fields ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def wang(db):
    return Resident.objects.create(
        name="王桂芳", phone="13900000001", email="wang@example.com", address="桥头三号", source="WEB", recorded_at=NOON
    )


@pytest.mark.usefixtures("django_db_setup")  # with it come the keys
@given(words=st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_any_name_comes_back(words):
    resident = Resident(mark="of-wang", name=words)
    stored = Resident._meta.get_field("name").pre_save(resident, True)
    assert (stored == "") is (words == "")
    read = Resident._meta.get_field("name").from_db_value(stored, None, None)
    assert Resident.from_db(None, ["mark", "name"], ["of-wang", read]).name == words


def test_what_stands_in_the_table(wang):
    again = Resident.objects.get()
    assert (again.name, again.phone, again.email, again.address) == (
        "王桂芳", "13900000001", "wang@example.com", "桥头三号",
    )  # fmt: skip
    for column in ("name", "phone", "email", "address"):
        assert SEALED.fullmatch(raw("households_resident", column, wang.pk))[2] == ring().newest.id
    without = Resident.objects.create(phone="13900000002", source="WEB", recorded_at=NOON)
    assert raw("households_resident", "name", without.pk) == ""


def test_a_value_in_another_column_or_row_does_not_open(wang):
    li = Resident.objects.create(name="李敏", phone="13900000009", source="WEB", recorded_at=NOON)
    put("households_resident", "phone", li.pk, raw("households_resident", "phone", wang.pk))
    put("households_resident", "email", wang.pk, raw("households_resident", "address", wang.pk))
    with pytest.raises(KeyTrouble, match=f"households_resident.phone:{li.mark} does not open"):
        _ = Resident.objects.get(pk=li.pk).phone
    with pytest.raises(KeyTrouble, match=f"households_resident.email:{wang.mark} does not open"):
        _ = Resident.objects.get(pk=wang.pk).email
    assert Resident.objects.get(pk=li.pk).name == "李敏"


def test_a_message_is_bound_to_its_mark(cast):
    cast.matter()
    cast.matter(phone="13900000009")
    first, second = Notice.objects.order_by("pk")
    put("notices_notice", "address", second.pk, raw("notices_notice", "address", first.pk))
    with pytest.raises(KeyTrouble, match=r"notices_notice\.address"):
        _ = Notice.objects.get(pk=second.pk).address


def kept_answer(key, *, body="查询码 123456"):
    return AnsweredRequest.objects.create(
        scope="s", key=key, payload_digest="d", status=201, content_type="text/plain", body=body, answered_at=NOON
    )


def test_a_kept_answer_is_bound_to_its_key(db):
    first, second = kept_answer("a"), kept_answer("b")
    assert AnsweredRequest.objects.get(key="a").body == "查询码 123456"
    put("county_answeredrequest", "body", second.pk, raw("county_answeredrequest", "body", first.pk))
    with pytest.raises(KeyTrouble, match=r"county_answeredrequest\.body:b does not open"):
        _ = AnsweredRequest.objects.get(key="b").body


def test_answers_kept_before_are_sealed_once(db, monkeypatch):
    """As the migration does it, in the table between its two columns."""
    migration = import_module("weimin.county.migrations.0004_seal_answers")
    monkeypatch.setattr(migration, "_BATCH", 2)
    blob = "bytea" if connection.vendor == "postgresql" else "blob"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE kept (id integer, key text, body {blob}, sealed_body text DEFAULT '')")
        told = [(1, "a", "查询码 123456".encode()), (2, "b", b""), (3, "c", b"{}"), (4, "d", b"{}")]
        cursor.executemany("INSERT INTO kept (id, key, body) VALUES (%s, %s, %s)", told)
    table = SimpleNamespace(_meta=SimpleNamespace(db_table="kept"))
    for _again in range(2):
        migration.seal_answers(SimpleNamespace(get_model=lambda *name: table), SimpleNamespace(connection=connection))
    sealed = {key: raw("kept", "sealed_body", pk) for pk, key, _body in told}
    assert sealed.pop("b") == ""
    assert [ring().open(value, bound_to=f"kept.body:{key}") for key, value in sealed.items()] == [
        "查询码 123456".encode(), b"{}", b"{}",
    ]  # fmt: skip


def test_a_row_that_is_saved_again_or_read_in_part_keeps_what_it_says(wang):
    part = Resident.objects.only("phone").get()
    assert (part.phone, part.name) == ("13900000001", "王桂芳")
    part.name = "王桂英"
    part.save()
    assert Resident.objects.get().name == "王桂英"
    assert Resident.objects.defer("email").get().email == "wang@example.com"


def test_what_cannot_be_sealed_or_opened_is_refused(wang):
    with pytest.raises(TypeError, match="set it on its row"), transaction.atomic():
        Resident.objects.update(name="张三")
    (name,) = Resident.objects.values_list("name", flat=True)
    with pytest.raises(TypeError, match="This value is sealed"):
        str(name)
    with pytest.raises(TypeError, match="give it one before it is sealed"), transaction.atomic():
        Resident.objects.create(mark="", name="张三", source="WEB", recorded_at=NOON)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        *(("households_resident", column) for column in ("name", "phone", "email", "address")),
        *(("notices_notice", column) for column in ("address", "subject", "body")),
        ("matters_incoming", "sender"),
        ("county_answeredrequest", "body"),
        ("matters_matter", "pin_digest"),
    ],
)
def test_the_database_takes_nothing_plain(cast, table, column):
    Incoming.objects.create(message_id="m1", sender="wang@example.com", fate="ASIDE", at=NOON)
    kept_answer("a")
    cast.matter()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        (pk,) = cursor.fetchone()
    with pytest.raises(IntegrityError, match="_is_sealed"), transaction.atomic():
        put(table, column, pk, "王桂芳")


# --- keys that are not there ----------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    settings.KEYS.mkdir()
    return path_of("990101")


def test_without_its_keys_nothing_opens_and_nothing_is_sealed(wang, elsewhere):
    sentence = r"The keys of county 990101 cannot be read from .*990101.json \(No such file or directory\)"
    with pytest.raises(KeyTrouble, match=sentence):
        _ = Resident.objects.get().name
    with pytest.raises(KeyTrouble, match=sentence):
        Resident.objects.create(name="张三", source="WEB", recorded_at=NOON)


def test_with_other_keys_the_one_that_is_missing_is_named(wang, elsewhere):
    needed = ring_id_of(wang)
    elsewhere.write_text(dumps(Ring("990101", KEYS)))
    with pytest.raises(KeyTrouble, match=f"is sealed with key {needed}, which is not among the keys of 990101"):
        _ = Resident.objects.get().name


def ring_id_of(resident):
    return SEALED.fullmatch(raw("households_resident", "name", resident.pk))[2]
