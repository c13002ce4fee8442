"""A new password for an official who lost theirs, or their phone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.county.actors import IMPORT
from weimin.county.models import Account
from weimin.county.services import reset_sign_in
from weimin.kernel import clock


class Command(BaseCommand):
    help = "Give an official a new password and take away their second factor; they are signed out everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        account = Account.objects.filter(username__iexact=username).first()
        if account is None:
            raise CommandError(f"No account is called {username}. Nothing was changed.")
        password = reset_sign_in(account, by=IMPORT, now=clock.now())
        self.stdout.write(f"New password of {account.username}: {password}")
        self.stdout.write("Hand it over in person. A second factor is asked for again at the next sign-in.")
