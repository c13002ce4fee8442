"""Looking into a database that lies in an archive, without a server: what is in it, against what the manifest says."""

import gzip
import heapq
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3._functions import register

from weimin.kernel.progress import Progress

from .broken import Broken
from .entries import ENTRIES, told
from .manifest import PIECE, Manifest, ledger_digest
from .snapshot import OfSQLite, counted, find_tool
from .unpacking import Unpacked

PLAIN = "database.sqlite3"
_COPY = re.compile(rb"COPY (\S+) \(.*\) FROM stdin;")
_LEDGER = b".ledger_entry"
_OUT_OF_ORDER = 100_000  # acts at the same time are written in no order; further apart than this they never are
# How COPY writes signs that would end a line or a column.
_ESCAPED = re.compile(r"\\(.)")
_SIGNS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


def check_dump(unpacked: Unpacked) -> list[str]:
    """Sentences about everything in the database that is not as the manifest says; empty if all is."""
    tables, ledger = _of_sqlite(unpacked) if unpacked.manifest.database == "sqlite" else _of_postgresql(unpacked)
    return differences(unpacked.manifest, tables, ledger)


def differences(manifest: Manifest, tables: dict[str, int], ledger: dict[str, Any]) -> list[str]:
    """Counts and ledger as found, against those of the manifest; a sentence for each difference."""
    wrong = [
        f"Table {name} has {tables.get(name, 0):,} rows, the backup was taken with {count:,}."
        for name, count in manifest.tables.items()
        if tables.get(name) != count
    ]
    wrong += [f"Table {name} was not in the backup." for name in sorted(set(tables) - set(manifest.tables))]
    if ledger != manifest.ledger:
        wrong.append(
            f"The ledger was changed: {ledger['entries']:,} entries to number {ledger['last']} do not give the digest "
            f"of the {manifest.ledger['entries']:,} entries to number {manifest.ledger['last']} that were backed up."
        )
    return wrong


def unpacked_sqlite(unpacked: Unpacked) -> Path:
    """The database file itself, in the same folder."""
    plain = unpacked.room / PLAIN
    if not plain.exists():
        with gzip.open(unpacked.database, "rb") as source, plain.open("wb") as goal:
            shutil.copyfileobj(source, goal, PIECE)
    return plain


def _of_sqlite(unpacked: Unpacked) -> tuple[dict[str, int], dict[str, Any]]:
    plain = unpacked_sqlite(unpacked)
    with closing(sqlite3.connect(plain)) as database:
        try:
            register(database)  # the checks of the tables call functions of the framework
            (said,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            if said != "ok":
                raise Broken(f"The database in the archive is damaged: {said}. Use another copy.")
            copy = OfSQLite(plain, database)
            return counted(copy), ledger_digest(told(copy.rows(ENTRIES), county=unpacked.manifest.county))
        except sqlite3.DatabaseError as wrong:
            raise Broken(f"The database in the archive cannot be read: {wrong}. Use another copy.") from None


def _of_postgresql(unpacked: Unpacked) -> tuple[dict[str, int], dict[str, Any]]:
    """pg_restore writes the dump as text; lines are counted, and the ledger's are read."""
    found: dict[str, int] = {}
    ledger = ledger_digest(())
    with (
        subprocess.Popen(  # noqa: S603 -- our arguments
            [find_tool("pg_restore"), "--data-only", "--file=-", str(unpacked.database)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ) as tool,
        Progress(len(unpacked.manifest.tables), "Counting tables") as progress,
    ):  # fmt: skip
        assert tool.stdout is not None
        for line in tool.stdout:
            if begins := _COPY.match(line):
                rows = _rows(tool.stdout)
                name = begins[1].decode().replace('"', "")
                if begins[1].endswith(_LEDGER):
                    entries = told(map(_cells, rows), county=unpacked.manifest.county)
                    ledger = ledger_digest(_in_order(entries))
                    found[name] = ledger["entries"]
                else:
                    found[name] = sum(1 for _row in rows)
                progress.step()
    if tool.returncode:
        raise Broken("The database in the archive cannot be read by pg_restore. Use another copy.")
    return found, ledger


def _rows(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        if line == b"\\.\n":
            return
        yield line


def _cells(row: bytes) -> list[str]:
    cells = row.decode().rstrip("\n").split("\t")
    return [_ESCAPED.sub(lambda sign: _SIGNS.get(sign[1], sign[1]), cell) for cell in cells]


def _in_order(entries: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """By number, holding only so many at a time: the table is appended to, so it nearly is in order already."""
    held: list[tuple[int, str]] = []
    for entry in entries:
        heapq.heappush(held, entry)
        if len(held) > _OUT_OF_ORDER:
            yield heapq.heappop(held)
    while held:
        yield heapq.heappop(held)
