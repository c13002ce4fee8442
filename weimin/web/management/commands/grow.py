"""Grow a large county, or several, for measurements and rehearsals."""

import os
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from weimin.county.context import use_county
from weimin.kernel import clock
from weimin.kernel.progress import Progress
from weimin.matters.late import fold
from weimin.web.growth.founding import codes
from weimin.web.growth.growing import Growth, NotEmpty, grow
from weimin.web.growth.side_by_side import grow_side_by_side
from weimin.web.growth.telling import FEWEST
from weimin.web.sample.builder import LAST_DAY
from weimin.web.sample.loading import signins_of_a_grown_county
from weimin.web.sample.signins import write_down

_MOST_PROCESSES, _WORTH_A_PROCESS = 8, 4000  # matters: fewer are told before a second process has begun


class Command(BaseCommand):
    help = (
        "Grow a fictional county of any size in bulk: residents, and matters of four years in every state with their "
        "events, ledger entries, answers, ratings and public copies. Messages already sent are not made. Cut off, it "
        "goes on where it stopped when it is called again with the same figures."
    )
    requires_system_checks: list[str] = []  # data only: neither URLs nor templates

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--residents", type=int, default=370_000)
        parser.add_argument("--matters", type=int, default=1_000_000, help=f"at least {FEWEST}")
        parser.add_argument("--counties", type=int, default=1, help="so many, each of this size; PostgreSQL only")
        parser.add_argument("--processes", type=int, help="PostgreSQL only; default: as many as there are processors")
        parser.add_argument("--until", type=date.fromisoformat, default=LAST_DAY, help="last day of the four years")

    def handle(
        self, *, residents: int, matters: int, counties: int, processes: int | None, until: date, **options: Any
    ) -> None:
        if residents < 1 or matters < FEWEST or counties < 1:
            raise CommandError(f"Give at least 1 resident, {FEWEST} matters and 1 county.")
        if counties > 1 and connection.vendor != "postgresql":
            raise CommandError("SQLite serves one county. Set DATABASE_URL for several.")
        growth = Growth(residents, matters, until)
        for code in codes(counties):
            self._grow(growth, code, processes or min(os.cpu_count() or 1, _MOST_PROCESSES))

    def _grow(self, growth: Growth, code: str, processes: int) -> None:
        if connection.vendor == "postgresql":
            call_command("county", "migrate", code, verbosity=0)
        with use_county(code):
            label = f"Growing {growth.matters:,} matters of {code}"
            try:
                with Progress(growth.weight, label) as progress:
                    if connection.vendor == "postgresql" and processes > 1 and growth.matters >= _WORTH_A_PROCESS:
                        grown = grow_side_by_side(growth, now=clock.now(), step=progress.step, processes=processes)
                    else:
                        grown = grow(growth, now=clock.now(), step=progress.step)
            except NotEmpty:
                raise CommandError(
                    f"County {code} has places or matters of its own, or was grown to another size. Nothing was "
                    "written: growing wants an empty county."
                ) from None
            fold(now=clock.now())
            said = "is grown" if grown else "was grown already"
            self.stdout.write(f"{code} {said}: {growth.residents:,} residents, {growth.matters:,} matters.")
            demo = settings.WEIMIN_HOME / "demo.json"
            if code == settings.COUNTY and not demo.exists():
                given = signins_of_a_grown_county(now=clock.now())
                write_down(given, given.pop("resident"))
                self.stdout.write(f"Sign-ins: {demo}")
