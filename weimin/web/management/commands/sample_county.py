"""Load the sample county."""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.kernel import clock
from weimin.kernel.progress import Progress
from weimin.web.sample.builder import LAST_DAY
from weimin.web.sample.loading import is_another_county, is_loaded, load_sample, renew_signins
from weimin.web.sample.signins import write_down

MATTERS, FEW, STEPS_A_MATTER = 1500, 120, 10


class Command(BaseCommand):
    help = "Load 青山县, a fictional county with two years of matters, and write the sign-ins to demo.json."
    requires_system_checks: list[str] = []  # data only: neither URLs nor templates

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--small", action="store_true", help=f"{FEW} matters instead of {MATTERS:,}")
        parser.add_argument("--until", type=date.fromisoformat, default=LAST_DAY, help="last day of the two years")

    def handle(self, *, small: bool, until: date, **options: Any) -> None:
        demo = settings.WEIMIN_HOME / "demo.json"
        if is_loaded():
            self._again(demo)
            return
        if is_another_county():
            raise CommandError("This county has matters of its own, so the sample was not loaded and nothing changed.")
        matters = FEW if small else MATTERS
        with Progress(matters * STEPS_A_MATTER, "Telling two years of 青山县") as progress:
            given = load_sample(matters=matters, until=until, now=clock.now(), step=progress.step)
        write_down(given, given.pop("resident"))
        self.stdout.write(f"The sample county is loaded with {matters:,} matters. Sign-ins: {demo}")

    def _again(self, demo: Path) -> None:
        """Loaded before. Where only the sign-ins are gone, new ones are made: they are kept in no database."""
        if demo.exists():
            self.stdout.write(f"The sample county is already there. Sign-ins: {demo}")
            return
        given = renew_signins(now=clock.now())
        write_down(given, given.pop("resident"))
        self.stdout.write(f"The sample county is already there; new sign-ins were made: {demo}")
