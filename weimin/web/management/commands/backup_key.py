"""Make the pair of keys backups are sealed with."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.web.backup.sealing import new_pair


class Command(BaseCommand):
    help = "Make a pair of keys: the private one into FILE, to be kept off this server; the public one is printed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="new file for the private key, for example on a USB stick")

    def handle(self, *, file: Path, **options: Any) -> None:
        pair = new_pair()
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(
                    "# Opens backups of Weimin. Keep it off the server, in two places.\n"
                    f"# public: {pair.public}\n{pair.private}\n"
                )
        except OSError as wrong:
            raise CommandError(
                f"The private key was not written: {wrong}. An existing file is never overwritten."
            ) from None
        self.stdout.write(
            f"The private key is in {file}. Keep it off this server, in two places: without it no backup opens.\n"
            f"Set on the server: WEIMIN_BACKUP_KEY={pair.public}"
        )
