"""One Parquet file of facts for the chosen county, whole or not at all."""

import csv
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from ..models import Matter, Rating
from .columns import COLUMNS, VERSION

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AT_ONCE = 2000
_FIELDS = tuple(dict.fromkeys(name for column in COLUMNS for name in column.of))


@dataclass(frozen=True)
class Written:
    path: Path
    rows: int
    bytes: int


def write_facts(folder: Path, *, code: str, now: datetime) -> Written:
    """`matters-CODE.parquet` in the folder. Read in one statement: everything in it is of one moment."""
    folder.mkdir(parents=True, exist_ok=True)
    path, part = folder / f"matters-{code}.parquet", folder / f".matters-{code}.{os.getpid()}"
    table, made = part.with_suffix(".csv"), part.with_suffix(".parquet")
    try:
        with table.open("w", encoding="utf-8", newline="") as file:
            rows = _write_rows(file)
        with duckdb_alone() as database:
            database.execute(_to_parquet(table, made, {"code": code, "rows": rows, "at": now.isoformat()}))
        made.replace(path)
    finally:
        for left in (table, made):
            left.unlink(missing_ok=True)
    return Written(path, rows, path.stat().st_size)


def duckdb_alone() -> "DuckDBPyConnection":
    """A database in memory that fetches nothing from anywhere. The one place where the package is imported."""
    import duckdb  # noqa: PLC0415 -- optional dependency

    return duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})


def quoted(word: object) -> str:
    return "'" + str(word).replace("'", "''") + "'"


@transaction.atomic
def _write_rows(file: Any) -> int:
    rows = 0
    writer = csv.writer(file)
    for row in facts():
        writer.writerow(row)
        rows += 1
    return rows


def facts() -> Iterator[list[Any]]:
    """Each matter as the columns say, oldest first; of several ratings the last."""
    last = Rating.objects.filter(matter=OuterRef("pk")).order_by("-pk")
    rated = {name: Subquery(last.values(name.partition("__")[2])[:1]) for name in _FIELDS if name.startswith("ratings")}
    names = [f"last_{name}" if name in rated else name for name in _FIELDS]
    asked = Matter.objects.annotate(**{f"last_{name}": value for name, value in rated.items()}).order_by("pk")
    for values in asked.values_list(*names).iterator(chunk_size=_AT_ONCE):
        found = dict(zip(_FIELDS, values, strict=True))
        yield [column.made(*(found[name] for name in column.of)) for column in COLUMNS]


def _to_parquet(table: Path, made: Path, about: dict[str, Any]) -> str:
    types = ", ".join(f"{quoted(column.name)}: {quoted(column.kind)}" for column in COLUMNS)
    told = json.dumps({"version": VERSION, **about})
    how = f"columns = {{{types}}}, header = false, auto_detect = false, delim = ',', nullstr = ''"
    return (
        f"COPY (SELECT {quoted(about['code'])} AS county, * FROM read_csv({quoted(table)}, {how})) TO {quoted(made)} "  # noqa: S608 -- ours, quoted
        f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{weimin_facts: {quoted(told)}}})"
    )
