"""A new county in a third of a second: the SQL of a freshly migrated one, kept until the migrations change.

The mould is made by running every migration in a schema that is rolled back afterwards. Before it is kept, a county is
cast from it beside the migrated one and both catalogs are compared; where they differ in one line there is no mould,
and counties are made by their migrations as before.
"""

import hashlib
import importlib
import logging
import os
from contextlib import suppress
from pathlib import Path

import django
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from ..context import schema_of, use_county, use_shared
from ..many.migrating import Migrator
from .catalog import Line, catalog_of_chosen, differences
from .definition import COLUMNS, asked, definition

log = logging.getLogger(__name__)

MIGRATED, CAST = "000000", "000001"  # no county of China has these; both are rolled back
# What a migration does may depend on who owns the tables and on what others are allowed by default.
SERVER = """
SELECT concat_ws(' ', current_setting('server_version_num'), current_user,
    (SELECT string_agg(concat_ws(' ', defaclrole::regrole, defaclobjtype, defaclacl), ',' ORDER BY oid)
     FROM pg_default_acl))
"""


def cast(migrator: Migrator) -> None:
    """All tables of the chosen county, whose schema is empty, with the rows that migrations write.

    Where there is no mould nothing is made, and the migrations find everything to do.
    """
    if text := mould(migrator):
        with connection.cursor() as cursor:
            cursor.execute(text)


def mould(migrator: Migrator) -> str:
    """The SQL that makes a county; empty where the migrations make something it cannot tell."""
    path = settings.WEIMIN_HOME / "moulds" / f"{_fingerprint(migrator)}.sql"
    with suppress(FileNotFoundError):
        return path.read_text()
    text, wrong = _taken(migrator)
    if wrong:
        log.warning("counties are made by their migrations, for a copy would differ: %s", "; ".join(wrong[:5]))
        text = ""
    _keep(path, text)
    return text


def _taken(migrator: Migrator) -> tuple[str, list[str]]:
    """A mould, and where a county cast from it differs from the migrated one."""
    try:
        with transaction.atomic():
            _open(MIGRATED)
            with use_county(MIGRATED):
                migrator.migrate()
                text, there = definition(), _everything()
            _open(CAST)
            with use_county(CAST), connection.cursor() as cursor:
                cursor.execute(text)
                wrong = differences(there, _everything())
            transaction.set_rollback(True)
    except DatabaseError as error:
        return "", [f"{type(error).__name__}: {str(error).splitlines()[0]}"]
    return text, [*wrong, *([f"the copy names {MIGRATED}"] if schema_of(MIGRATED) in text else [])]


def _open(code: str) -> None:
    with use_shared(), connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{schema_of(code)}"')


def _everything() -> set[Line]:
    """The catalog and what the migrations wrote: each table's rows as one digest, how far each sequence has counted."""
    lines = catalog_of_chosen()
    for table, columns in asked(COLUMNS):
        names = ", ".join(name for name in columns if (table, name) != ("django_migrations", "applied"))
        rows = f'SELECT {names} FROM "{table}"'  # noqa: S608 -- names of the catalog
        digest = asked(f"SELECT md5(string_agg(r::text, E'\\n' ORDER BY r::text)) FROM ({rows}) r")[0][0]  # noqa: S608
        lines.add(("rows", table, str(digest)))
    counted = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
    return lines | {("sequence at", name, str(last)) for name, last in asked(counted)}


def _fingerprint(migrator: Migrator) -> str:
    """One word for everything that shapes a county's tables."""
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    for (label, name), migration in sorted(migrator.migrations.items()):
        source = importlib.import_module(type(migration).__module__).__file__ or ""
        digest.update(f"{label}.{name}".encode() + Path(source).read_bytes())
    with use_shared():
        digest.update(str(asked(SERVER)[0][0]).encode())
    return digest.hexdigest()[:16]


def _keep(path: Path, text: str) -> None:
    """For the next county; the moulds of earlier migrations go."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    for old in path.parent.glob("*.sql"):
        old.unlink()
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(text)
    part.replace(path)
