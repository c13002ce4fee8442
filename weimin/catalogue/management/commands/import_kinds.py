"""A county's own tree of kinds from a table: `import_kinds FILE.csv[.gz] --columns top,middle,lowest`."""

import csv
import gzip
import zlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.catalogue.services import add_kinds
from weimin.county.actors import IMPORT
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.kernel.words import Mistake, clean_text

LONGEST = 1000  # of a name as other systems write it; ours are cut


class Command(BaseCommand):
    help = (
        "Take over kinds of up to three levels. Known ones stay; limits are those of ordinary matters, to be reviewed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--columns", required=True, help="the columns of the levels, from the top, by commas")
        parser.add_argument("--dry-run", action="store_true", help="count, write nothing")

    def handle(self, *args: Any, file: Path, columns: str, dry_run: bool, **options: Any) -> None:
        names = [name.strip() for name in columns.split(",")][:3]
        paths = _paths(file, names)
        made = 0
        if not dry_run:
            try:
                made = len(add_kinds(paths, source=f"导入文件 {file.name}", by=IMPORT, now=clock.now()))
            except Refused as refusal:
                raise CommandError(str(refusal)) from None
        self.stdout.write(f"{len(paths)} paths in the table, {made} kinds added.")


def _paths(file: Path, names: list[str]) -> set[tuple[str, ...]]:
    """Names from the top down; a level left empty ends the path."""
    opened = gzip.open if file.suffix == ".gz" else open
    try:
        with opened(file, "rt", encoding="utf-8-sig", newline="") as table:
            rows = csv.DictReader(table)
            if lacking := [name for name in names if name not in (rows.fieldnames or [])]:
                raise CommandError(f"The table has no column {', '.join(lacking)}: {', '.join(rows.fieldnames or [])}.")
            levels = [[_name(row[name], number) for name in names] for number, row in enumerate(rows, start=1)]
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as wrong:
        raise CommandError(f"The table cannot be read: {wrong}") from None
    ends = [(level.index("") if "" in level else len(level)) for level in levels]
    return {tuple(level[:end]) for level, end in zip(levels, ends, strict=True) if end}


def _name(cell: str | None, row: int) -> str:
    """A name that can be kept; empty where the level ends."""
    words = (cell or "").strip()
    try:
        return clean_text(words, limit=LONGEST) if words else ""
    except Mistake as mistake:
        raise CommandError(f"Row {row}: {mistake} Nothing was added.") from None
