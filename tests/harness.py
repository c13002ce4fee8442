"""The database of a test run: made once, copied for each worker, emptied after tests that really commit.

The migrated database is kept between runs under a name that carries the digest of all migrations, so a run starts in
about a second; it is made anew, by running the migrations, whenever one of them changes.
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import errors, sql

from tests import standing
from tests.again import WITH_THE_TABLES
from weimin.county.context import use_county, use_shared
from weimin.county.sealed.files import make_first

ROOT = Path(__file__).resolve().parent.parent
A, B = "990101", standing.B
ROLE = "weimin_test"
LOCK = 990101  # any number, the same for every run that shares a server
OTHERS = 5  # databases of other migrations that are kept: branches beside each other do not take turns migrating


# --- before the settings are read -----------------------------------------------------------------------------------


def prepare_environment() -> None:
    """A home of its own, the sample county's code, and a database that nobody else uses."""
    home = Path(tempfile.mkdtemp(prefix="weimin-test-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "static").mkdir()
    given = os.environ.setdefault("WEIMIN_TEST_DATABASE_URL", os.environ.get("DATABASE_URL", ""))
    session = os.environ.setdefault("WEIMIN_TEST_SESSION", str(os.getpid()))
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = "_".join(part for part in ("test_weimin", session, worker) if part)
    os.environ.update(
        WEIMIN_HOME=str(home),
        WEIMIN_COUNTY=A,
        WEIMIN_ALLOWED_HOSTS="testserver,localhost,127.0.0.1,[::1],.example.test",
        DATABASE_URL=ordinary_url(given, name) if given else "",
    )
    os.environ.pop("WEIMIN_BASE_URL", None)


def ordinary_url(url: str, name: str) -> str:
    """The same server as a role that a REVOKE binds: superusers are no test of what the database refuses."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        parts = urlsplit(url)
        if row is not None and row[0]:
            with contextlib.suppress(errors.DuplicateObject, errors.UniqueViolation):
                connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{ROLE}'")
            with contextlib.suppress(errors.InternalError_):  # another run is at it
                connection.execute(f"ALTER ROLE {ROLE} CREATEROLE")  # as the role that owns and migrates
            host = parts.netloc.rpartition("@")[2] or "127.0.0.1"
            parts = parts._replace(netloc=f"{ROLE}:{ROLE}@{host}")
    return urlunsplit(parts._replace(path=f"/{name}"))


# --- making and dropping the database -------------------------------------------------------------------------------


def migrations_digest() -> str:
    """One word for everything that shapes the tables."""
    digest = hashlib.sha256()
    for package in ("django", "django-allauth", "django-axes", "django-tasks-db"):
        digest.update(version(package).encode())
    paths = [*ROOT.glob("weimin/**/migrations/*.py"), *ROOT.glob("weimin/county/postgresql/*.py"), Path(__file__)]
    for path in sorted([*paths, ROOT / "weimin/county/router.py", ROOT / "config/settings.py"]):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def open_database() -> None:
    for code in (A, B):
        make_first(code, made_at="2026-09-01T00:00:00Z")
    if connection.vendor == "sqlite":
        _open_sqlite()
    else:
        _open_postgresql()
        standing.open_neighbour(os.environ["DATABASE_URL"])


def close_database() -> None:
    connection.close()
    if connection.vendor == "postgresql":
        with _server() as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(_name()))


def _migrate() -> None:
    call_command("county", "migrate", *([A, B] if connection.vendor == "postgresql" else []), verbosity=0)
    connection.close()


def _open_sqlite() -> None:
    mine = Path(connection.settings_dict["NAME"])
    shelf = Path(tempfile.gettempdir()) / f"weimin-test-migrated-{os.getuid()}"
    shelf.mkdir(mode=0o700, exist_ok=True)
    kept = shelf / f"{migrations_digest()}.sqlite3"
    with (shelf / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in sorted(shelf.glob("*.sqlite3"), key=_last_used)[:-OTHERS]:
                old.unlink()
            _migrate()
            shutil.copyfile(mine, kept)
            return
        os.utime(kept)
    connection.close()
    shutil.copyfile(kept, mine)


def _last_used(path: Path) -> float:
    return path.stat().st_mtime


def _open_postgresql() -> None:
    with _server() as server:
        # each role keeps its own: nobody may copy another role's database
        role = re.sub(r"\W", "_", server.info.user)[:24]
        kept = sql.Identifier(f"weimin_migrated_{role}_{migrations_digest()}")
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        _sweep(server, kept.as_string(server).strip('"'))
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_name()))
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [kept._obj[0]]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(_name(), kept))
            return
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(_name()))
        _migrate()
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(kept, _name()))


def _sweep(server: psycopg.Connection, keep: str) -> None:
    """Databases of runs that were killed, and of migrations that are no more."""
    rows = server.execute(
        "SELECT datname FROM pg_database WHERE datdba = to_regrole(current_user)::oid AND datname ~ %s",
        [r"^(test_weimin|weimin_migrated)_"],
    ).fetchall()
    for (name,) in rows:
        run = re.match(r"test_weimin_(\d+)", name)
        alive = Path(f"/proc/{run[1]}").exists() if run else name == keep
        if not alive:
            with contextlib.suppress(errors.ObjectInUse):
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _name() -> sql.Identifier:
    return sql.Identifier(urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/"))


@contextlib.contextmanager
def _server() -> Iterator[psycopg.Connection]:
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres"))
    with psycopg.connect(url, autocommit=True) as server:
        yield server


# --- emptying it after a test that committed ------------------------------------------------------------------------


def flush() -> None:
    """Every table as it was after migrating. The ledger's guards are lifted for this moment, in tests only."""
    if connection.vendor == "sqlite":
        _flush_sqlite()
    else:
        _flush_postgresql()


def _flush_sqlite() -> None:
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_entry'")
        guards = cursor.fetchall()
        tables = [name for name in connection.introspection.table_names(cursor) if name not in WITH_THE_TABLES]
        with contextlib.ExitStack() as locked:
            for name, create in guards:
                cursor.execute(f'DROP TRIGGER "{name}"')
                locked.callback(cursor.execute, create)
            for table in tables:
                cursor.execute(f'DELETE FROM "{table}"')


def _flush_postgresql() -> None:
    """TRUNCATE would make the files of each table anew, and wait a second for the disk."""
    filled = []
    for schema, choice in (("public", use_shared()), (f"county_{A}", use_county(A))):
        with choice, connection.cursor() as cursor:
            tables = [name for name in connection.introspection.table_names(cursor) if name not in WITH_THE_TABLES]
            found = " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM \"{t}\")" for t in tables)
            if found:
                cursor.execute(found)
                filled += [f'{schema}."{name}"' for (name,) in cursor.fetchall()]
    if filled:
        with use_county(A), connection.cursor() as cursor:
            rows = "; ".join(f"DELETE FROM {name}" for name in filled)
            cursor.execute(
                f"GRANT DELETE ON ledger_entry TO CURRENT_USER; {rows}; REVOKE DELETE ON ledger_entry FROM CURRENT_USER"
            )
