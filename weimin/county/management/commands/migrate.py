"""Django's `migrate`, which on PostgreSQL would reach one schema only, does all of them."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connection


class Command(DjangoMigrate):
    """With a room named (`migrate matters 0003`) it stays Django's, in the county chosen by --county."""

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor == "postgresql" and not (
            options["app_label"] or options["plan"] or options["check_unapplied"]
        ):
            call_command("county", "migrate", verbosity=options["verbosity"], stdout=self.stdout)
        else:
            super().handle(*args, **options)
