"""A sealed backup comes back on an empty machine, is proved, and the county goes on from there."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from weimin.county.sealed import ring
from weimin.ledger.models import Entry
from weimin.matters.models import Matter

pytestmark = pytest.mark.django_db(transaction=True)  # a backup sees what others see: what was committed

WALK = Path(__file__).with_name("walk_on.py")


@pytest.fixture
def sealed(back_up, keys, settings):
    settings.BACKUP_KEY = keys[0].public
    return back_up()[0]


def walk_on(environment, county):
    done = subprocess.run(
        [sys.executable, str(WALK), county.number, county.pin],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def somebodys_table(environment):
    create = "CREATE TABLE somebodys (id integer)"
    if url := environment["DATABASE_URL"]:
        with psycopg.connect(url) as database:
            database.execute(create)
    else:
        with closing(sqlite3.connect(Path(environment["WEIMIN_HOME"]) / "weimin.sqlite3")) as database:
            database.execute(create)


def test_a_sealed_backup_is_restored_proved_and_walked_on(county, sealed, keys, weimin, empty_house):
    entries, numbers = Entry.objects.count(), set(Matter.objects.values_list("number", flat=True))
    code, said = weimin("restore", sealed, "--key", keys[1])
    assert code == 0, said
    assert f"{entries} ledger entries, to number {Entry.objects.latest('id').pk}, give the same digest." in said
    assert "ok  6 lines in the timelines of 2 matters are what the ledger committed to." in said
    assert "ok  The running counts are those of a recount." in said
    assert "10,000 numbers are left out" in said
    assert "1 sign-ins were ended" in said
    assert "4 messages that waited then may have gone out since" in said
    assert "The secret of the backup now stands in" in said
    told = walk_on(empty_house, county)
    assert told["sessions"] == 0
    assert told["waiting"] == ["UNCERTAIN"] * 4
    assert told["last_entry"] == ["web.restore", "operator"]
    assert told["entered"] == 302, "the PIN of the receipt still opens the matter"
    assert told["photo"] == [200, county.size]
    assert told["state"] == "CLASSIFIED"
    assert int(told["next"][8:14]) > max(int(number[8:14]) for number in numbers) + 10_000 - 1
    assert told["ledger"] in ("IntegrityError", "ProgrammingError"), "the ledger is guarded as before"


def test_nothing_is_restored_over_what_is_there(county, sealed, keys, weimin, empty_house):
    somebodys_table(empty_house)
    code, said = weimin("restore", sealed, "--key", keys[1])
    assert code == 1
    assert "already, and nothing was changed." in said


def test_files_that_lie_there_are_not_mixed_with_those_of_the_archive(county, sealed, keys, weimin, empty_house):
    there = Path(empty_house["WEIMIN_HOME"]) / "uploads" / "990101" / "ab"
    there.mkdir(parents=True)
    (there / ("ab" * 32)).write_bytes(b"somebody's")
    code, said = weimin("restore", sealed, "--key", keys[1])
    assert (code, "holds files already" in said) == (1, True)


def kept_apart(settings, house):
    """The data keys, carried by hand to where nothing else is."""
    folder = Path(house["WEIMIN_HOME"]) / "keys"
    folder.mkdir()
    shutil.copyfile(Path(settings.KEYS) / "990101.json", folder / "990101.json")


def test_without_the_data_keys_nothing_is_restored(county, back_up, weimin, empty_house):
    archive, said = back_up()
    assert "The secret and the data keys are not in it" in said
    code, said = weimin("restore", archive)
    assert code == 1
    assert f"and not here: {ring().newest.id}. Put the file 990101.json that was kept apart" in said
    assert not (Path(empty_house["WEIMIN_HOME"]) / "weimin.sqlite3").exists()


def test_a_key_that_was_retired_since_comes_back_with_a_sealed_backup_that_needs_it(
    county, sealed, keys, weimin, empty_house
):
    code, said = weimin("restore", sealed, "--key", keys[1])
    assert code == 0, said
    path = Path(empty_house["WEIMIN_HOME"]) / "keys" / "990101.json"
    assert f"The data keys {ring().newest.id} stand in {path}." in said
    assert path.stat().st_mode & 0o777 == 0o600
    assert "ok  18 sealed fields open with their data keys." in said
    assert walk_on(empty_house, county)["name"] == "王桂芳"


def test_without_the_secret_the_operator_is_told_what_it_means(county, back_up, weimin, settings, empty_house):
    archive, said = back_up()
    assert "The archive is not sealed: whoever has it reads everything but what is sealed by itself." in said
    kept_apart(settings, empty_house)
    code, said = weimin("restore", archive)
    assert code == 0, said
    assert "ATTENTION: the secret here is not the one of the backup" in said
