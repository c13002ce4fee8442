"""Enter a year's holiday notice, and count the dates anew that waited for it."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.county.actors import IMPORT
from weimin.county.notice_days import read_notice
from weimin.county.plans import read_table
from weimin.county.services import enter_year
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.matters import queries
from weimin.matters.tasks import recompute_provisional


class Command(BaseCommand):
    help = "Enter the holiday notice of a year from a CSV file with the columns date, works, name_zh, name_en."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--source", required=True, help="number or place of the notice")
        parser.add_argument("--dry-run", action="store_true", help="check the file and list matters; write nothing")

    def handle(self, file: Path, year: int, source: str, dry_run: bool, **options: Any) -> None:
        try:
            days, errors = read_notice(read_table(file), year=year)
        except (OSError, UnicodeDecodeError, csv.Error) as wrong:
            raise CommandError(f"{file} cannot be read: {wrong}", returncode=2) from None
        if errors:
            raise CommandError("\n".join(["Nothing was entered. Please mend these lines:", *errors]), returncode=2)
        if dry_run:
            waiting = list(queries.provisional().values_list("number", flat=True))
            self._say(
                f"{len(days)} days of {year} are in order; nothing was written.", waiting, "would be counted anew"
            )
            return
        now = clock.now()
        try:
            enter_year(year=year, days=days, source=source, by=IMPORT, now=now)
        except Refused as refusal:
            raise CommandError(f"Nothing was entered. {refusal}", returncode=2) from None
        self._say(f"{len(days)} days of {year} are entered.", recompute_provisional(now=now), "were counted anew")

    def _say(self, first: str, numbers: list[str], happened: str) -> None:
        self.stdout.write(f"{first} {len(numbers)} matters {happened}.")
        for number in numbers:
            self.stdout.write(number)
