"""What all processes of this machine must know for a minute and nobody misses after a power cut: counts of who asked
how often, and codes that have been used.

It lies in a SQLite file of its own in WEIMIN_HOME, so that an act costs no statement more in the county's database and
two workers count together. Nothing is synced to disk; a damaged file is thrown away and begun anew.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

from weimin.kernel.chosen import current

_WAIT = 2  # seconds until another process has written its row
_TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS hits (
    name TEXT, slice INTEGER, n INTEGER, until REAL, PRIMARY KEY (name, slice)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT, until REAL) WITHOUT ROWID;
"""
# Seconds: where the clock was a day fast, a used code would be forgotten, and good again once the clock is put right.
_SWEPT_AFTER = 2 * 86400
_open = threading.local()  # a connection is its thread's


def ask(path: Path, statement: str, given: Iterable[Any] | dict[str, Any] = ()) -> tuple[list[Any], int]:
    """Rows, and how many were changed. Each statement stands for itself: the file is locked for no longer."""
    try:
        cursor = _connection(path).execute(statement, given)  # type: ignore[arg-type]
        return cursor.fetchall(), cursor.rowcount
    except sqlite3.DatabaseError as trouble:
        if isinstance(trouble, sqlite3.OperationalError):  # busy, full, or not to be opened
            _close()
        else:  # what is in it cannot be read
            _begin_anew(path)
        raise


def _connection(path: Path) -> sqlite3.Connection:
    kept: tuple[Path, sqlite3.Connection] | None = getattr(_open, "kept", None)
    if kept is None or kept[0] != path:
        _close()
        connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
        _open.kept = kept = (path, connection)
        _lay_down(connection)
    return kept[1]


def _lay_down(connection: sqlite3.Connection) -> None:
    """Tables, if they are not there. Where two processes begin the file at once, SQLite does not wait by itself."""
    until = time.monotonic() + _WAIT
    while True:
        try:
            connection.executescript(_TABLES)
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _close() -> None:
    if kept := getattr(_open, "kept", None):
        del _open.kept
        kept[1].close()


def _begin_anew(path: Path) -> None:
    _close()
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        with suppress(OSError):
            name.unlink()


def county_key(key: str, prefix: str, version: int) -> str:
    """Accounts of two counties have the same numbers: what is kept of one says nothing of the other."""
    return f"{current.get()}:{prefix}:{version}:{key}"


class SharedCache(BaseCache):
    """Django's cache over the same file: the sign-in counts there, and keeps which codes have been used."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._path = Path(location)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Only one of many at once is told that it was the first: a code is good for one of them."""
        now = time.time()
        given = (self._named(key, version), json.dumps(value), self._until(timeout), now)
        statement = (
            "INSERT INTO kept (name, value, until) VALUES (?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value, until = excluded.until WHERE kept.until <= ?"
        )
        return ask(self._path, statement, given)[1] == 1

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        statement = "SELECT value FROM kept WHERE name = ? AND (until IS NULL OR until > ?)"
        rows, _changed = ask(self._path, statement, (self._named(key, version), time.time()))
        return json.loads(rows[0][0]) if rows else default

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        ask(self._path, "DELETE FROM kept WHERE until <= ?", (time.time() - _SWEPT_AFTER,))
        given = (self._named(key, version), json.dumps(value), self._until(timeout))
        ask(self._path, "INSERT OR REPLACE INTO kept (name, value, until) VALUES (?, ?, ?)", given)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        given = (self._until(timeout), self._named(key, version), time.time())
        statement = "UPDATE kept SET until = ? WHERE name = ? AND (until IS NULL OR until > ?)"
        return ask(self._path, statement, given)[1] == 1

    def delete(self, key: str, version: int | None = None) -> bool:
        return ask(self._path, "DELETE FROM kept WHERE name = ?", (self._named(key, version),))[1] == 1

    def clear(self) -> None:
        ask(self._path, "DELETE FROM kept")
        ask(self._path, "DELETE FROM hits")

    def _named(self, key: str, version: int | None) -> str:
        name: str = self.make_and_validate_key(key, version=version)
        return name

    def _until(self, timeout: Any) -> float | None:
        until: float | None = self.get_backend_timeout(timeout)
        return until
