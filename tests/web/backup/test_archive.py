"""An archive says itself whether it is whole: whatever was changed in it is told in a sentence."""

import gzip
import hashlib
import io
import json
import sqlite3
import tarfile
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.cast import NOON
from weimin.kernel import clock
from weimin.web.backup.packing import drop_old

pytestmark = pytest.mark.django_db(transaction=True)


def verified(archive, *arguments):
    said = StringIO()
    call_command("verify_backup", str(archive), *map(str, arguments), stdout=said)
    return said.getvalue()


def trouble(archive, *arguments):
    with pytest.raises(CommandError) as told:
        verified(archive, *arguments)
    return str(told.value)


def members(archive):
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def rewrite(archive, parts):
    """As somebody would who knows the form and makes all digests fit."""
    with tarfile.open(archive, "w") as tar:
        for name, data in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def refit(parts, name, data):
    """The part changed, and the manifest's digest with it."""
    manifest = json.loads(parts["manifest.json"])
    manifest["parts"][name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    return {**parts, name: data, "manifest.json": json.dumps(manifest).encode()}


def test_a_whole_archive_is_told_to_be_whole(back_up, keys, settings, county):
    settings.BACKUP_KEY = keys[0].public
    archive, said = back_up()
    assert archive.name.startswith("weimin-990101-")
    assert archive.name.endswith(".tar.age")
    assert archive.stat().st_mode & 0o777 == 0o600
    assert "6 ledger entries" in said and "1 files." in said
    assert "is whole" in verified(archive, "--key", keys[1])
    assert county.number.encode() not in archive.read_bytes()
    assert trouble(archive) == "The archive is sealed. Give the file with the private key: --key FILE"


def test_a_byte_turned_in_a_sealed_archive_is_told(back_up, keys, settings):
    settings.BACKUP_KEY = keys[0].public
    archive, _said = back_up()
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 1
    archive.write_bytes(data)
    assert "was changed or cut off: piece" in trouble(archive, "--key", keys[1])
    archive.write_bytes(data[: len(data) // 2])
    assert "was changed or cut off: piece" in trouble(archive, "--key", keys[1])


def test_changes_of_an_unsealed_archive_are_told(back_up, county):
    archive, _said = back_up()
    parts = members(archive)
    assert "secret" not in parts
    name = next(part for part in parts if part.startswith("database"))
    photo = f"uploads/{county.photo[:2]}/{county.photo}"

    rewrite(archive, {**parts, name: bytes([parts[name][0] ^ 1]) + parts[name][1:]})
    assert f"{name} was changed: its SHA-256 is not the one in the manifest." in trouble(archive)
    rewrite(archive, {key: data for key, data in parts.items() if key != photo})
    assert f"The archive ends before {photo}: that part is missing." in trouble(archive)
    rewrite(archive, {**parts, photo: parts[photo][:-1] + b"\0"})
    assert trouble(archive).startswith(f"File {county.photo} was damaged")
    rewrite(archive, {**parts, "uploads/more": b"x"})
    assert "the archive holds another number" in trouble(archive)
    rewrite(archive, refit(parts, "files.txt", b"../../../etc/passwd\n"))
    assert "a line that is no SHA-256" in trouble(archive)
    rewrite(archive, {"manifest.json": b"{}"})
    assert "manifest cannot be read" in trouble(archive)
    archive.write_bytes(b"not an archive at all" * 100)
    assert "cut off or was changed" in trouble(archive)


def test_a_row_taken_out_of_the_database_is_told_though_every_digest_fits(back_up, tmp_path):
    archive, _said = back_up()
    parts = members(archive)
    if connection.vendor == "sqlite":
        parts = refit(parts, "database.sqlite3.gz", _without_an_entry(parts["database.sqlite3.gz"], tmp_path))
        table = "ledger_entry"
    else:  # a dump cannot be edited by hand: the manifest is made to speak of one entry more
        manifest = json.loads(parts["manifest.json"])
        table = "county_990101.ledger_entry"
        manifest["tables"][table] += 1
        manifest["ledger"]["entries"] += 1
        parts["manifest.json"] = json.dumps(manifest).encode()
    rewrite(archive, parts)
    said = trouble(archive)
    assert f"Table {table} has" in said
    assert "The ledger was changed" in said


def _without_an_entry(packed, folder):
    plain = folder / "forged.sqlite3"
    plain.write_bytes(gzip.decompress(packed))
    with sqlite3.connect(plain) as forged:
        forged.execute("DROP TRIGGER ledger_entry_no_DELETE")
        forged.execute("DELETE FROM ledger_entry WHERE id = (SELECT min(id) FROM ledger_entry)")
    forged.close()
    return gzip.compress(plain.read_bytes())


def test_a_file_damaged_before_the_backup_is_told_and_the_archive_kept(back_up, county, settings, archives):
    photo = settings.UPLOADS / "990101" / county.photo[:2] / county.photo
    photo.write_bytes(b"bit rot")
    with pytest.raises(CommandError, match="1 files were missing or damaged on disk before"):
        back_up()
    photo.unlink()
    with pytest.raises(CommandError, match="1 files were missing or damaged on disk before"):
        back_up()
    assert len(list(archives.iterdir())) >= 1


def test_only_so_many_archives_are_kept(archives):
    for day in range(20):
        for county in ("990101", "990102"):
            (archives / f"weimin-{county}-202609{day + 1:02d}T000000Z.tar.age").touch()
    gone = []
    drop_old(archives, county="990101", keep=14, said=gone.append)
    assert [path.name[14:22] for path in gone] == [f"202609{day:02d}" for day in range(1, 7)]
    assert len(list(archives.glob("weimin-990101-*"))) == 14
    assert len(list(archives.glob("weimin-990102-*"))) == 20


def test_each_backup_has_a_name_of_its_own(back_up, monkeypatch):
    names = []
    for minute in range(2):
        monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(minutes=minute))  # noqa: B023 -- called at once
        names.append(back_up()[0].name)
    assert names == ["weimin-990101-20260929T040000Z.tar", "weimin-990101-20260929T040100Z.tar"]


def test_what_cannot_be_backed_up_is_told(settings, tmp_path, county):
    with pytest.raises(CommandError, match="is no folder"):
        call_command("backup", str(tmp_path / "nowhere"))
    with pytest.raises(CommandError, match="--keep needs at least 1"):
        call_command("backup", str(tmp_path), "--keep", "0")
    settings.BACKUP_KEY = "age1" + "q" * 58
    with pytest.raises(CommandError, match="WEIMIN_BACKUP_KEY is no public key"):
        call_command("backup", str(tmp_path))


def test_the_private_key_is_never_written_over(tmp_path):
    said = StringIO()
    call_command("backup_key", str(tmp_path / "key"), stdout=said)
    assert "Set on the server: WEIMIN_BACKUP_KEY=age1" in said.getvalue()
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="never overwritten"):
        call_command("backup_key", str(tmp_path / "key"), stdout=said)
