"""The database as it stood at one moment while the county works on: copied, counted, asked what it names."""

import gzip
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, transaction

from weimin.kernel.chosen import chosen_schema, current_code
from weimin.kernel.progress import Progress

from .broken import Broken
from .entries import ENTRIES, told
from .manifest import DATABASES, PIECE, ledger_digest

NAMED_FILES = "SELECT DISTINCT sha256 FROM matters_attachment ORDER BY sha256"
_PAGES = 4000  # 16 MB between two drawings of the bar
_ROWS = 2000


class Snapshot(Protocol):
    """One moment of the database. `path` is the copy; questions are answered from the same moment."""

    path: Path

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]: ...

    def tables(self) -> list[str]: ...

    def migrations(self) -> list[str]: ...


@contextmanager
def take_snapshot(room: Path) -> Iterator[Snapshot]:
    """A copy in this folder, whatever the database.

    SQLite: its online backup. PostgreSQL: pg_dump and our questions share one exported snapshot.
    """
    with _of_sqlite(room) if connection.vendor == "sqlite" else _of_postgresql(room) as snapshot:
        yield snapshot


def counted(snapshot: Snapshot) -> dict[str, int]:
    """Rows of each table."""
    names = snapshot.tables()
    found = {}
    with Progress(len(names), "Counting tables") as progress:
        for name in names:
            found[name] = next(iter(snapshot.rows(f"SELECT count(*) FROM {quoted(name)}")))[0]  # noqa: S608 -- from the catalog
            progress.step()
    return found


def ledger_of(snapshot: Snapshot) -> dict[str, Any]:
    return ledger_digest(told(snapshot.rows(ENTRIES), county=current_code()))


def quoted(name: str) -> str:
    return ".".join(f'"{part}"' for part in name.split("."))


# --- SQLite ---------------------------------------------------------------------------------------------------------


class OfSQLite:
    """A copy of the file, opened beside it."""

    def __init__(self, path: Path, copy: sqlite3.Connection) -> None:
        self.path, self._copy = path, copy

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        yield from self._copy.execute(sql)

    def tables(self) -> list[str]:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        return [name for (name,) in self.rows(sql)]

    def migrations(self) -> list[str]:
        return [f"{app}.{name}" for app, name in self.rows("SELECT app, name FROM django_migrations ORDER BY id")]


@contextmanager
def _of_sqlite(room: Path) -> Iterator[OfSQLite]:
    plain = room / "copy.sqlite3"
    with closing(sqlite3.connect(plain, isolation_level=None)) as copy:
        copy_sqlite(Path(connection.settings_dict["NAME"]), copy)
        packed = room / DATABASES["sqlite"]
        with plain.open("rb") as source, gzip.open(packed, "wb", compresslevel=1) as goal:
            shutil.copyfileobj(source, goal, PIECE)
        yield OfSQLite(packed, copy)


def copy_sqlite(source: Path, copy: sqlite3.Connection) -> None:
    """By the online backup, inside one read: writers go on, and the copy need not begin again because of them."""
    with (
        closing(sqlite3.connect(source, isolation_level=None)) as live,
        Progress(1, "Copying the database") as progress,
    ):

        def told(status: int, left: int, total: int) -> None:
            progress.total = total
            progress.step(total - left - progress.done)

        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
        live.backup(copy, pages=_PAGES, progress=told)
    copy.execute("PRAGMA journal_mode=DELETE")


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


class OfPostgreSQL:
    """A dump, and a transaction that sees what the dump saw."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        with connection.connection.cursor(name="weimin_backup") as cursor:
            cursor.itersize = _ROWS
            cursor.execute(sql)
            yield from cursor

    def tables(self) -> list[str]:
        return postgresql_tables()

    def migrations(self) -> list[str]:
        sql = "SELECT app, name FROM {}.django_migrations ORDER BY id"
        found = {row for schema in ("public", f'"{chosen_schema()}"') for row in self.rows(sql.format(schema))}
        return sorted(f"{app}.{name}" for app, name in found)


def postgresql_tables() -> list[str]:
    """`schema.table` of the chosen county and of the shared shelf."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname || '.' || tablename FROM pg_catalog.pg_tables "
            "WHERE schemaname IN ('public', %s) ORDER BY 1",
            [chosen_schema()],
        )
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def _of_postgresql(room: Path) -> Iterator[OfPostgreSQL]:
    path = room / DATABASES["postgresql"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # the county is entered before the transaction, whose first word must be its kind
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (name,) = cursor.fetchone()
        run_tool(
            "pg_dump", "--format=custom", f"--snapshot={name}", f"--schema={chosen_schema()}", "--schema=public",
            f"--file={path}",
        )  # fmt: skip
        yield OfPostgreSQL(path)


def run_tool(tool: str, *arguments: str) -> str:
    """One of PostgreSQL's own programs on our database; Broken with its words if it fails. No password on its line."""
    program = find_tool(tool)
    done = subprocess.run([program, *arguments], env=_address(), capture_output=True, text=True, check=False)  # noqa: S603 -- our arguments
    if done.returncode:
        raise Broken(f"{tool} could not finish: {done.stderr.strip()[-600:]}")
    return done.stdout


def find_tool(tool: str) -> str:
    program = shutil.which(tool)
    if program is None:
        raise Broken(
            f"{tool} is not on this machine. Install PostgreSQL's client programs: apt-get install postgresql-client"
        )
    return program


# options whose variable is not simply their name
_VARIABLES = {"target_session_attrs": "PGTARGETSESSIONATTRS", "application_name": "PGAPPNAME"}


def _address() -> dict[str, str]:
    """How PostgreSQL's programs find the database of the settings: by the environment, which no other user reads."""
    database: dict[str, Any] = settings.DATABASES["default"]
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    own = {variable: str(database[key]) for variable, key in named.items() if database.get(key)}
    own |= {
        _VARIABLES.get(name, f"PG{name.upper()}"): str(value) for name, value in database.get("OPTIONS", {}).items()
    }
    return {**os.environ, **own, "PGDATABASE": connection.settings_dict["NAME"]}
