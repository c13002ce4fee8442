"""A key is changed while the county works: the old one opens until every row is sealed anew, then it goes."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from tests.cast import NOON
from tests.county.test_sealed import put, raw
from weimin.county.actors import IMPORT, RESIDENT
from weimin.county.sealed import KeyTrouble, resealing, ring
from weimin.county.sealed.files import _rings, make_first, path_of
from weimin.county.sealed.ring import SEALED
from weimin.county.services import retire_data_key, rotate_data_key
from weimin.households.models import Resident
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.matters.models import Incoming, Matter
from weimin.notices.models import Notice

pytestmark = pytest.mark.usefixtures("own_keys")
LATER = NOON + timedelta(minutes=2)


def key_of(table, column, pk):
    return SEALED.fullmatch(raw(table, column, pk))[2]


def say(*arguments):
    said = StringIO()
    call_command("data_keys", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def at(monkeypatch):
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_key_is_rotated_rows_are_sealed_anew_and_the_old_one_goes(cast, at):
    old, resident = ring().newest.id, cast.matter().resident
    Incoming.objects.create(message_id="m1", sender="wang@example.com", fate="ASIDE", at=NOON)
    at(NOON)
    assert say("rotate").startswith(f"Key {ring().newest.id} is the newest now")
    new = ring().newest.id
    assert [key.id for key in ring().keys] == [old, new]
    assert Resident.objects.get().name == "王桂芳", "the old key opens what it sealed"
    young = cast.matter(name="李敏").resident
    assert (key_of("households_resident", "name", resident.pk), key_of("households_resident", "name", young.pk)) == (
        old, new,
    )  # fmt: skip
    at(LATER)
    with pytest.raises(
        CommandError, match="还有 4 行数据要靠这把数据密钥打开"
    ):  # a resident, a message, a letter, a PIN
        say("retire", old)
    assert "4 rows were sealed anew" in (said := say("reseal"))
    assert f"bin/weimin data_keys retire {old}" in said
    assert key_of("households_resident", "name", resident.pk) == new
    assert say("retire", old).startswith(f"Key {old} is gone from this machine.")
    assert [key.id for key in ring().keys] == [new]
    assert [one.name for one in Resident.objects.order_by("pk")] == ["王桂芳", "李敏"]
    assert Incoming.objects.get().sender == "wang@example.com"
    assert "13900000001" in {notice.address for notice in Notice.objects.all()}
    assert Resident.objects.filter(phone_index__is_word="13900000001").count() == 2
    acts = Entry.objects.filter(about__startswith="data_key:").order_by("id").values_list("what", "about", "by")
    assert list(acts) == [
        ("county.rotate_data_key", f"data_key:{new}", "import"),
        ("county.retire_data_key", f"data_key:{old}", "import"),
    ]


def test_sealing_anew_that_was_cut_off_goes_on(cast, monkeypatch):
    monkeypatch.setattr(resealing, "_BATCH", 2)
    for _n in range(5):
        cast.matter()
    rotate_data_key(by=IMPORT, now=NOON)
    steps = []

    def cut(count):
        steps.append(count)
        if len(steps) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resealing.reseal(cut)
    assert (steps, resealing.count_behind()) == ([2, 2], 11)
    assert resealing.reseal(steps.append) == 11
    assert (resealing.count_behind(), resealing.reseal(steps.append)) == (0, 0)


def test_which_key_may_go(cast):
    cast.matter()
    old = ring().newest
    new = rotate_data_key(by=IMPORT, now=NOON)
    for key_id, now, code in (
        ("aaaaaaaa", LATER, "NO_SUCH_KEY"),
        (new.id, LATER, "NEWEST_KEY"),
        (old.id, NOON + timedelta(seconds=59), "TOO_SOON"),
        (old.id, LATER, "KEY_IN_USE"),
    ):
        with pytest.raises(Refused) as refused:
            retire_data_key(key_id, by=IMPORT, now=now)
        assert refused.value.code == code
    assert [key.id for key in ring().keys] == [old.id, new.id]


def test_no_resident_and_no_official_without_the_duty_turns_a_key(cast):
    for nobody in (RESIDENT, cast.sun):
        with pytest.raises(Refused) as refused:
            rotate_data_key(by=nobody, now=NOON)
        assert refused.value.code == "NOT_YOUR_DUTY"
    assert len(ring().keys) == 1


def test_the_list_names_each_key_and_what_needs_it(cast):
    old = ring().newest
    resident = cast.matter().resident
    new = rotate_data_key(by=IMPORT, now=NOON)
    sealed = raw("households_resident", "name", resident.pk)
    put("households_resident", "name", resident.pk, sealed.replace(old.id, "aaaaaaaa"))
    told = json.loads(say("list", "--json"))
    assert told["county"] == "990101"
    assert {row["key"]: (row["here"], row["newest"], row["rows"]) for row in told["keys"]} == {
        old.id: (True, False, 3),  # the resident's telephone, the message, the PIN
        new.id: (True, True, 0),
        "aaaaaaaa": (False, False, 1),
    }
    assert "aaaaaaaa  made ?  1 rows  MISSING: its rows cannot be opened" in say("list")


def test_another_process_sees_the_new_key_at_once_where_it_must(cast, settings):
    kept = ring()
    rotate_data_key(by=IMPORT, now=NOON)
    resident = cast.matter().resident
    here = (settings.KEYS, "990101")
    looked, changed, _fresh = _rings[here]
    _rings[here] = (looked, changed, kept)  # as in a process that read the file a second ago
    assert Resident.objects.get(pk=resident.pk).name == "王桂芳"


# --- at the start ---------------------------------------------------------------------------------------------------


def test_a_county_without_keys_that_holds_nothing_gets_its_first(db, own_keys):
    path_of("990101").unlink()
    _rings.clear()
    call_command("county", "migrate", "990101", verbosity=0)
    assert (path_of("990101").stat().st_mode & 0o777, len(ring().keys)) == (0o600, 1)


def test_a_county_whose_keys_are_gone_does_not_start(cast):
    cast.matter()
    path_of("990101").unlink()
    _rings.clear()
    with pytest.raises(CommandError, match=r"^990101: The keys of county 990101 cannot be read .* Put the file back"):
        call_command("county", "migrate", "990101", verbosity=0)
    assert not path_of("990101").exists(), "a new key would open nothing"


def test_a_county_with_the_wrong_keys_does_not_start(cast):
    cast.matter()
    needed = ring().newest.id
    path_of("990101").unlink()
    _rings.clear()
    make_first("990101", made_at="2026-09-01T00:00:00Z")
    with pytest.raises(CommandError, match=rf"is sealed with key {needed}, which is not among the keys of 990101"):
        call_command("county", "migrate", "990101", verbosity=0)


# --- rows of before -------------------------------------------------------------------------------------------------


@pytest.fixture
def of_before(cast):
    """The cast, in a table that takes anything."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE households_resident DROP CONSTRAINT resident_is_sealed")
            cursor.execute("ALTER TABLE matters_matter DROP CONSTRAINT matter_pin_is_sealed")
            yield cast
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            yield cast
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def test_rows_of_before_are_sealed_once(of_before, monkeypatch):
    """As the migration does it, on a table whose columns still hold what people wrote."""
    monkeypatch.setattr(resealing, "_BATCH", 2)
    sealed = {of_before.matter(name=name).resident.pk: name for name in ("王桂芳", "李敏", "张三")}
    for pk, name in sealed.items():
        put("households_resident", "name", pk, name)
        put("households_resident", "search_index", pk, "")
    for _again in range(2):
        resealing.seal_rows_of("households", "Resident", apps, None)
        assert {one.pk: one.name for one in Resident.objects.all()} == sealed
    assert Resident.objects.filter(search_index__has_word="yzs").count() == 1


def test_digests_of_pins_of_before_are_sealed_as_they_were(of_before):
    matter = of_before.matter()
    put("matters_matter", "pin_digest", matter.pk, "d" * 64)
    for _again in range(2):
        resealing.seal_rows_of("matters", "Matter", apps, None)
        assert key_of("matters_matter", "pin_digest", matter.pk) == ring().newest.id
    assert Matter.objects.get().pin_digest == "d" * 64


def test_what_was_never_sealed_is_not_taken_for_what_was(of_before):
    resident = of_before.matter().resident
    put("households_resident", "name", resident.pk, "王桂芳")
    with pytest.raises(KeyTrouble, match=rf"{resident.mark} is not sealed. Run bin/weimin county migrate"):
        _ = Resident.objects.get().name
