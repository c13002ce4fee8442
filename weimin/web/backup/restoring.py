"""A county brought back into an empty house, and what must be different afterwards than at the moment of the backup."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from weimin.county.context import schema_of, use_shared
from weimin.county.durable import write_whole
from weimin.county.sealed.files import one_writer, path_of, read, write
from weimin.county.sealed.ring import Ring
from weimin.kernel.kept import forget_all
from weimin.ledger.services import record
from weimin.matters.numbering import next_serials
from weimin.matters.services import doubt_referrals
from weimin.notices.services import doubt_waiting

from .broken import Broken
from .dumps import unpacked_sqlite
from .manifest import SECRET, Manifest, check_of
from .snapshot import run_tool
from .unpacking import Unpacked

# More matters than a county receives between two backups: their numbers are on residents' receipts.
SKIPPED_NUMBERS = 10_000
# The operator's database has its shared schema already; what stands in it is restored, the schema is not made anew.
_SHARED_SCHEMA = re.compile(r"\bSCHEMA - public\b|\bSCHEMA public\b")


def check_empty(*, county: str) -> None:
    """Broken if there is anything a restoration could overwrite or mix with."""
    if connection.vendor == "sqlite":
        if _tables_of_sqlite():
            raise Broken(
                f"{connection.settings_dict['NAME']} holds tables already, and nothing was changed. "
                "Restore into an empty WEIMIN_HOME, or move that file away first."
            )
    elif found := _schemas_of_postgresql():
        raise Broken(
            f"The database holds {', '.join(found)} already, and nothing was changed. "
            "Restore into a new, empty database: createdb, then DATABASE_URL."
        )
    folder = Path(settings.UPLOADS) / county
    if any(folder.glob("??/*")):
        raise Broken(f"{folder} holds files already, and nothing was changed. Move that folder away first.")


def check_fits(manifest: Manifest) -> None:
    """Broken if this installation cannot take the archive."""
    if manifest.database != connection.vendor:
        raise Broken(
            f"The archive was taken on {manifest.database}, this installation uses {connection.vendor}. "
            + ("Leave DATABASE_URL empty." if manifest.database == "sqlite" else "Set DATABASE_URL.")
        )
    if connection.vendor == "sqlite" and manifest.county != settings.COUNTY:
        raise Broken(f"The archive is of county {manifest.county}: set WEIMIN_COUNTY={manifest.county}.")
    schema_of(manifest.county)  # six digits: it is about to name a folder and a schema
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    later = [name for name in manifest.migrations if name not in known]
    if later:
        raise Broken(f"The archive comes from a later version of Weimin ({later[-1]}). Install that version first.")


@dataclass
class Place:
    """Where files are unpacked to, and whose they turn out to be."""

    aside: Path
    county: str = ""


@contextmanager
def files_in_place() -> Iterator[Place]:
    """A folder to unpack files into. It takes its place at the end, and is removed if something fails before."""
    uploads = Path(settings.UPLOADS)
    place = Place(uploads / "restoring")
    shutil.rmtree(place.aside, ignore_errors=True)
    place.aside.mkdir(parents=True)
    try:
        yield place
        goal = uploads / place.county
        goal.mkdir(exist_ok=True)
        for folder in sorted(place.aside.iterdir()):
            os.replace(folder, goal / folder.name)
    finally:
        shutil.rmtree(place.aside, ignore_errors=True)


def place_keys(unpacked: Unpacked) -> str:
    """The data keys come back with a sealed archive, beside those that lie here. Returns a sentence about them.

    Broken, and nothing is changed, if the rows would have no key.
    """
    county, wanted = unpacked.manifest.county, unpacked.manifest.keys
    path = path_of(county)
    with one_writer():
        here = read(path).keys if path.exists() else ()
        brought = unpacked.ring.keys if unpacked.ring is not None else ()
        ring = Ring(county, sorted({key.id: key for key in (*here, *brought)}.values(), key=lambda key: key.made_at))
        lacking = [key_id for key_id in wanted if not ring.has(key_id)]
        if lacking:
            raise Broken(
                f"The names and telephones in the archive are sealed with data keys that are not in it, because it is "
                f"not sealed itself, and not here: {', '.join(lacking)}. Put the file {path.name} that was kept apart "
                f"into {path.parent} first."
            )
        if len(ring.keys) > len(here):
            write(ring)
    return f"The data keys {', '.join(wanted)} stand in {path}." if wanted else "The archive is from before data keys."


def load_database(unpacked: Unpacked) -> None:
    """All of it or nothing."""
    connection.close()
    if unpacked.manifest.database == "sqlite":
        goal = Path(connection.settings_dict["NAME"])
        shutil.copyfile(unpacked_sqlite(unpacked), beside := goal.with_name(f"{goal.name}.restoring"))
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, goal)
    else:
        listed = run_tool("pg_restore", "--list", str(unpacked.database)).splitlines()
        wanted = unpacked.room / "wanted.list"
        wanted.write_text("\n".join(line for line in listed if not _SHARED_SCHEMA.search(line)) + "\n")
        run_tool(
            "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-acl",
            f"--use-list={wanted}", f"--dbname={connection.settings_dict['NAME']}", str(unpacked.database),
        )  # fmt: skip
    forget_all()


def guard_ledger() -> None:
    """On PostgreSQL rights are not in the dump, because roles have other names elsewhere: the ledger's are set anew."""
    if connection.vendor == "postgresql":
        with connection.schema_editor() as editor:
            import_module("weimin.ledger.migrations.0002_appended_only").forbid(None, editor)


def place_secret(unpacked: Unpacked) -> str:
    """The secrets come back with a sealed archive. Returns a sentence about them."""
    manifest, path = unpacked.manifest, settings.WEIMIN_HOME / SECRET
    if manifest.secret_check in map(check_of, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
        return "The secret is the one of the backup."
    if SECRET in manifest.parts and not os.environ.get("WEIMIN_SECRET_KEY"):
        write_whole(path, (unpacked.room / SECRET).read_text())
        return f"The secret of the backup now stands in {path}."
    return (
        "ATTENTION: the secret here is not the one of the backup. PINs that were given out before they were sealed "
        f"with data keys will open nothing: put the old secret into {path} or WEIMIN_SECRET_KEY before you serve. "
        "All others open."
    )


@transaction.atomic
def begin_again(manifest: Manifest, *, now: datetime) -> list[str]:
    """What happened after the backup is not known here: nothing of it may be repeated or come back to life.

    Before: the county is restored and was checked.  After: everybody signs in anew, no number is given twice, no
    message goes out twice, and the ledger says that it was restored.  Who: the operator who restored.
    """
    sessions, _rows = Session.objects.all().delete()
    doubted = doubt_waiting(now=now)
    doubt_referrals(now=now)
    next_serials(SKIPPED_NUMBERS)
    record(
        what="web.restore",
        about=f"county:{manifest.county}",
        by="operator",
        at=now,
        content={"taken_at": manifest.taken_at, "ledger": manifest.ledger},
    )
    return [
        f"{SKIPPED_NUMBERS:,} numbers are left out: matters received after the backup keep theirs.",
        f"{sessions:,} sign-ins were ended; everybody signs in anew.",
        f"{doubted:,} messages that waited then may have gone out since; they are marked uncertain, not sent twice.",
    ]


def _tables_of_sqlite() -> list[str]:
    if not Path(connection.settings_dict["NAME"]).exists():
        return []
    with use_shared():
        return connection.introspection.table_names()


def _schemas_of_postgresql() -> list[str]:
    with use_shared(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_catalog.pg_namespace n WHERE nspname ~ '^county_' OR (nspname = 'public' "
            "AND EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid)) ORDER BY 1"
        )
        return [f"schema {name}" for (name,) in cursor.fetchall()]
