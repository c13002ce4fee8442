"""Messages read from a table in a file: CSV, plain or gzip, UTF-8 with or without its mark."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from weimin.language.triage.trouble import TriageTrouble

# Python's own limit is 128 KiB, and letters are pasted whole.
FIELD_BYTES = 64_000_000


def rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """Each row as column and text, missing fields empty; TriageTrouble NO_FILE, NOT_TEXT, NO_COLUMN or BAD_TABLE.

    The file is read as it is asked for, so that a large one is never whole in memory.
    """
    with _table(path) as table:
        absent = [column for column in columns if column not in (table.fieldnames or [])]
        if absent:
            raise TriageTrouble("NO_COLUMN", path=path, absent=", ".join(absent), there=_names(table.fieldnames))
        for row in table:
            yield {name: row[name] or "" for name in columns}


def heading(path: Path) -> list[str]:
    """The names of its columns; TriageTrouble as above."""
    with _table(path) as table:
        return list(table.fieldnames or [])


@contextmanager
def _table(path: Path) -> Iterator["csv.DictReader[str]"]:
    csv.field_size_limit(FIELD_BYTES)
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield csv.DictReader(file)
    except UnicodeDecodeError:
        raise TriageTrouble("NOT_TEXT", path=path) from None
    except (csv.Error, EOFError, gzip.BadGzipFile, zlib.error) as wrong:
        raise TriageTrouble("BAD_TABLE", path=path, why=wrong) from None
    except OSError as wrong:
        raise TriageTrouble("NO_FILE", path=path, why=wrong.strerror or wrong) from None


def _names(found: Sequence[str] | None) -> str:
    return ", ".join(found or []) or "–"
