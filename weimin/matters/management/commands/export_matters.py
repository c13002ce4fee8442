"""`export_matters FILE.csv[.gz]`: every matter as a row, in cells that no spreadsheet computes, without who asked."""

import csv
import gzip
import sys
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandParser

from weimin.kernel.clock import COUNTY_TIME
from weimin.kernel.csv_safe import safe_cell
from weimin.kernel.progress import Progress
from weimin.matters.models import Matter

COLUMNS = (
    "number", "outside_id", "state", "request", "channel", "kind", "urgency", "place", "lead", "title", "text",
    "received_at", "answered_at", "closed_at", "due_at",
)  # fmt: skip


class Command(BaseCommand):
    help = "Write every matter of the county to a CSV file, oldest first. Names and telephones are not in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--state", help="only matters in this state")

    def handle(self, *args: Any, file: Path, state: str | None, **options: Any) -> None:
        found = Matter.objects.select_related("kind", "urgency", "lead").order_by("received_at", "pk")
        if state:
            found = found.filter(state=state)
        total = found.count()
        with _written(file) as table, Progress(total, "Exporting", stream=sys.stderr) as progress:
            writer = csv.writer(table)
            writer.writerow(COLUMNS)
            for matter in found.iterator(chunk_size=2000):
                writer.writerow([safe_cell(_cell(matter, column)) for column in COLUMNS])
                progress.step()
        self.stdout.write(f"{total} matters in {file}")


def _written(file: Path) -> IO[str]:
    """With the mark that makes spreadsheets read it as UTF-8."""
    if file.suffix == ".gz":
        return gzip.open(file, "wt", encoding="utf-8-sig", newline="")
    return file.open("w", encoding="utf-8-sig", newline="")


def _cell(matter: Matter, column: str) -> object:
    if column.endswith("_at"):
        moment = matter.clock_due_at if column == "due_at" else getattr(matter, column)
        return moment.astimezone(COUNTY_TIME).isoformat(timespec="seconds") if moment else ""
    if column == "place":
        return matter.place_code
    if column in ("kind", "urgency", "lead"):
        thing = getattr(matter, column)
        return thing.code if thing else ""
    return getattr(matter, column)
