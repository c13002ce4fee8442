"""Bring the shared shelf and then every county to the present tables."""

from argparse import ArgumentParser
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import ProgrammingError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing

from weimin.county.context import use_county, use_shared
from weimin.county.schemas import county_codes, create_schema, pending_migrations


class Command(BaseCommand):
    help = "Create missing schemas and apply migrations: shared tables first, then each county. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "codes", nargs="*", help="six-digit county codes; without any, every county that has a schema"
        )

    def handle(self, **options: Any) -> None:
        if connection.vendor == "sqlite":
            self._migrate(use_county(settings.COUNTY), settings.COUNTY, options["verbosity"])
            return
        self._migrate(use_shared(), "shared", options["verbosity"])
        for code in options["codes"] or sorted({settings.COUNTY, *county_codes()}):
            if create_schema(code) and options["verbosity"]:
                self.stdout.write(f"{code}: schema created")
            self._migrate(use_county(code), code, options["verbosity"])

    def _migrate(self, choice: AbstractContextManager[None], name: str, verbosity: int) -> None:
        with choice:
            waiting = len(pending_migrations())
            if waiting:
                _apply(name, verbosity)
        if verbosity:
            self.stdout.write(f"{name}: {waiting} migrations applied" if waiting else f"{name}: nothing to do")


def _apply(name: str, verbosity: int) -> None:
    try:
        # Django's own command: ours of that name would come back here
        call_command(DjangoMigrate(), interactive=False, verbosity=max(0, verbosity - 1))
    except (ProgrammingError, MigrationSchemaMissing) as wrong:
        raise CommandError(f"{name}: {wrong}\nMigrate as the role that owns the tables: deploy/README.md.") from None
