"""Found a county from a directory of tables."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.county.actors import IMPORT
from weimin.county.plans import read_plan
from weimin.county.services import found_county
from weimin.kernel import clock
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused


class Command(BaseCommand):
    help = "Write down a county's places, offices, posts and officials from a directory of CSV files."
    requires_system_checks: list[str] = []  # data only: neither URLs nor templates

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, help="holds county.csv, places.csv, offices.csv, posts.csv, ...")

    def handle(self, directory: Path, **options: Any) -> None:
        now = clock.now()
        try:
            plan = read_plan(directory)
            found_county(plan, from_on=county_day(now), by=IMPORT, now=now)
        except (Refused, OSError, ValueError, KeyError) as wrong:
            raise CommandError(f"Nothing was written. {wrong}") from None
        self.stdout.write(
            f"Founded with {len(plan.places)} places, {len(plan.offices)} offices, {len(plan.posts)} posts."
        )
