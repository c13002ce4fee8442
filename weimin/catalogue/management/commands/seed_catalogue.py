"""Load the catalogue a county begins with."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from weimin.catalogue.seeds import SHIPPED, read_seed
from weimin.catalogue.services import seed_catalogue
from weimin.county.actors import IMPORT
from weimin.kernel import clock


class Command(BaseCommand):
    help = "Load time rules, kinds, questions, templates, routes and services; what is there already stays as it is."
    requires_system_checks: list[str] = []  # data only: neither URLs nor templates

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="directory", type=Path, default=SHIPPED, help="a directory of tables")

    def handle(self, directory: Path, **options: Any) -> None:
        missing = seed_catalogue(read_seed(directory), by=IMPORT, now=clock.now())
        if missing.offices:
            names = ", ".join(sorted(missing.offices))
            self.stderr.write(f"These offices are not entered yet, so their routes and services wait: {names}.")
        self.stdout.write("The catalogue is loaded.")
