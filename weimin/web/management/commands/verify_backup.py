"""Say whether an archive is whole, without restoring it."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.web.backup.broken import Broken
from weimin.web.backup.dumps import check_dump
from weimin.web.backup.sealing import private_in
from weimin.web.backup.unpacking import unpack


class Command(BaseCommand):
    help = "Read FILE from the first to the last byte: digests, rows of each table, ledger. Nothing is restored."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, help="file with the private key, for a sealed archive")

    def handle(self, *, file: Path, key: Path | None, **options: Any) -> None:
        try:
            private = private_in(key.read_text()) if key else None
            with tempfile.TemporaryDirectory(prefix="verify-", dir=settings.WEIMIN_HOME) as room:
                unpacked = unpack(file, private=private, room=Path(room))
                troubles = unpacked.troubles + check_dump(unpacked)
        except (Broken, OSError) as wrong:
            raise CommandError(str(wrong)) from None
        if troubles:
            raise CommandError("\n".join(troubles))
        manifest = unpacked.manifest
        self.stdout.write(
            f"The archive of county {manifest.county}, taken {manifest.taken_at}, is whole: "
            f"{sum(manifest.tables.values()):,} rows in {len(manifest.tables)} tables, {manifest.files:,} files.\n"
            f"Ledger: {manifest.ledger['entries']:,} entries to number {manifest.ledger['last']}, "
            f"digest {manifest.ledger['sha256']}"
        )
