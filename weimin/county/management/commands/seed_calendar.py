"""Fill the calendar table with the published years 2004 to 2026."""

from typing import Any

from django.core.management.base import BaseCommand

from weimin.county.actors import IMPORT
from weimin.county.seed_years import SOURCE, seeded_years
from weimin.county.services import seed_years
from weimin.kernel import clock


class Command(BaseCommand):
    help = "Fill the official calendar with the years 2004 to 2026; years already entered stay as they are."
    requires_system_checks: list[str] = []  # data only: neither URLs nor templates

    def handle(self, **options: Any) -> None:
        entered = seed_years(years=seeded_years(), source=SOURCE, by=IMPORT, now=clock.now())
        said = f"Entered {len(entered)} years: {entered[0]} to {entered[-1]}." if entered else "Every year is there."
        self.stdout.write(said)
