"""Facts of counties: `county export` writes them, `county report` counts them across counties."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.county.context import UnknownCounty, use_county
from weimin.kernel import clock
from weimin.matters.facts.reports import ENGINES, FEWEST, REPORTS, FactsUnfit, Row, report
from weimin.matters.facts.writing import write_facts


class Command(BaseCommand):
    help = "Facts of counties: export, report. `county export --help` tells more of each."
    requires_system_checks: list[str] = []  # tables only: neither URLs nor templates

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="export|report")
        export = acts.add_parser("export", help="one Parquet file of facts without anything personal")
        export.add_argument("code", help="six digits")
        export.add_argument("--to", type=Path, required=True, metavar="FOLDER")
        export.add_argument("--json", action="store_true")
        counted = acts.add_parser("report", help="counts across counties, from exported facts alone")
        counted.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
        counted.add_argument("--by", choices=REPORTS, default="county")
        counted.add_argument("--engine", choices=ENGINES, default="duckdb")
        counted.add_argument("--json", action="store_true")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        try:
            getattr(self, f"_{act}")(Namespace(**options))
        except (UnknownCounty, FactsUnfit) as wrong:
            raise CommandError(str(wrong)) from None
        except ModuleNotFoundError as missing:
            raise CommandError(
                f"{missing.name} is not installed: docs/operate/reports.md says what it needs."
            ) from None

    def _export(self, given: Namespace) -> None:
        with use_county(given.code):
            written = write_facts(given.to, code=given.code, now=clock.now())
        if given.json:
            told = {"file": str(written.path), "rows": written.rows, "bytes": written.bytes}
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(f"{written.path}: {written.rows:,} matters, {written.bytes / 2**20:,.1f} MiB")

    def _report(self, given: Namespace) -> None:
        rows = report(given.by, given.folders, engine=ENGINES[given.engine])
        if given.json:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for line in _table(rows):
            self.stdout.write(line)


def _table(rows: list[Row]) -> list[str]:
    """Columns under their names; what is covered says so."""
    if not rows:
        return ["No matters."]
    names = list(rows[0])
    cells = [names, *([_cell(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(names))]
    return ["  ".join(word.rjust(width) for word, width in zip(line, widths, strict=True)) for line in cells]


def _cell(value: object) -> str:
    if value is None:
        return f"<{FEWEST}"
    return f"{value:,}" if isinstance(value, int) else str(value)
