"""Who leads what, from a table: `import_routes FILE.csv` (kind, place, lead, supporting, from, source)."""

import csv
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.catalogue.services import set_route
from weimin.catalogue.tables import COLUMNS, BadRow, RouteTable, stands
from weimin.county.actors import IMPORT
from weimin.county.plans import read_table
from weimin.kernel import clock
from weimin.kernel.clock import county_day
from weimin.kernel.csv_safe import safe_cell
from weimin.kernel.progress import Progress
from weimin.kernel.refusal import Refused


class Command(BaseCommand):
    help = (
        "Set routes from a CSV table. What stands already is left; a row that cannot be used is told with its reason."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=f"columns: {', '.join(COLUMNS)}; kind by code or path a/b/c")
        parser.add_argument("--rejects", type=Path, help="rejected rows, with the reason; default FILE.rejects.csv")
        parser.add_argument("--dry-run", action="store_true", help="read and judge every row, write nothing")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        rows = _rows(file)
        figures: Counter[str] = Counter(rows=len(rows), set=0, already_here=0, rejected=0)
        table = RouteTable(today=county_day(clock.now()))
        bad: list[list[str]] = []
        with Progress(len(rows), "Routes", stream=sys.stderr) as progress:
            for number, row in enumerate(rows, start=1):
                try:
                    figures[_one(table, row, dry_run)] += 1
                except (BadRow, Refused) as reason:
                    bad.append([str(number), str(reason), *(row.get(name, "") for name in COLUMNS)])
                progress.step()
        figures["rejected"] = len(bad)
        rejects = options["rejects"] or file.with_name(file.name + ".rejects.csv")
        if bad:
            with rejects.open("w", encoding="utf-8-sig", newline="") as out:
                table_of_bad = [["row", "reason", *COLUMNS], *bad]
                csv.writer(out).writerows([safe_cell(cell) for cell in line] for line in table_of_bad)
        told = json.dumps(figures) if options["json"] else ", ".join(f"{name} {n}" for name, n in figures.items())
        self.stdout.write(told + (f"; see {rejects}" if bad and not options["json"] else ""))


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        rows = read_table(file)
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise CommandError(f"The table cannot be read: {wrong}") from None
    lacking = {"kind", "lead", "source"} - set(rows[0] if rows else ())
    if lacking:
        raise CommandError(f"The table needs rows and the columns {', '.join(COLUMNS)}; it lacks {sorted(lacking)}.")
    return rows


def _one(table: RouteTable, row: dict[str, str], dry_run: bool) -> str:
    wanted = table.read(row)
    if stands(wanted):
        return "already_here"
    if not dry_run:
        set_route(
            wanted.kind, place=wanted.place, lead=wanted.lead, supporting=wanted.supporting, from_on=wanted.from_on,
            source_zh=wanted.source_zh, by=IMPORT, now=clock.now(),
        )  # fmt: skip
    return "set"
