"""Enter a year's holiday notice, and count the dates anew that waited for it."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.county.actors import IMPORT
from weimin.county.notice_days import read_notice
from weimin.county.plans import read_table
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.matters.recount import Change, enter_notice, would_change


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
            waiting = would_change(year=year, days=days)
            self._say(
                f"{len(days)} days of {year} are in order; nothing was written.", waiting, "would be counted anew"
            )
            return
        try:
            changed = enter_notice(year=year, days=days, source=source, by=IMPORT, now=clock.now())
        except Refused as refusal:
            raise CommandError(f"Nothing was entered. {refusal}", returncode=2) from None
        self._say(f"{len(days)} days of {year} are entered.", changed, "were counted anew")

    def _say(self, first: str, changes: list[Change], happened: str) -> None:
        self.stdout.write(f"{first} {len(changes)} matters {happened}.")
        for change in changes:
            days = [moment.astimezone(clock.COUNTY_TIME).date() for moment in (change.before, change.after)]
            self.stdout.write(f"{change.matter.number} {days[0]} → {days[1]}")
