"""Back up one county into one archive."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.county.sealed.files import path_of, ring
from weimin.county.sealed.ring import KeyTrouble
from weimin.kernel import clock
from weimin.web.backup.broken import Broken
from weimin.web.backup.packing import Packed, drop_old, pack
from weimin.web.backup.sealing import public_of
from weimin.web.backup.snapshot import take_snapshot


class Command(BaseCommand):
    help = "Write the county's database and files into one archive in DIRECTORY, while it is being served."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)
        parser.add_argument("--keep", type=int, default=14, help="archives of this county to keep there (14)")

    def handle(self, *, directory: Path, keep: int, **options: Any) -> None:
        if keep < 1:
            raise CommandError("--keep needs at least 1.")
        if not directory.is_dir():
            raise CommandError(f"{directory} is no folder. Make it first, on another disk than the database's.")
        try:
            public = public_of(settings.BACKUP_KEY) if settings.BACKUP_KEY else None
        except ValueError as wrong:
            raise CommandError(f"WEIMIN_BACKUP_KEY is no public key: {wrong}.") from None
        try:
            packed = self._pack(directory, public)
        except (Broken, KeyTrouble, OSError) as wrong:
            raise CommandError(f"No backup was made: {wrong}") from None
        self._tell(packed, sealed=public is not None)
        drop_old(
            directory, county=packed.manifest.county, keep=keep, said=lambda path: self.stdout.write(f"Removed {path}")
        )
        bad = [*packed.damaged, *packed.manifest.missing]
        if bad:
            raise CommandError(
                f"The archive is kept, but {len(bad)} files were missing or damaged on disk before: "
                f"{', '.join(bad[:5])}. Look for them in older backups."
            )

    def _pack(self, directory: Path, public: bytes | None) -> Packed:
        # the copy is in clear for a while, so it lies where the database does and not where archives go
        with (
            tempfile.TemporaryDirectory(prefix="backup-", dir=settings.WEIMIN_HOME) as room,
            take_snapshot(Path(room)) as seen,
        ):
            return pack(
                seen, room=Path(room), folder=directory, public=public,
                secrets=(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS), keys=ring(), now=clock.now(),
            )  # fmt: skip

    def _tell(self, packed: Packed, *, sealed: bool) -> None:
        manifest = packed.manifest
        self.stdout.write(
            f"{packed.path}\n{sum(manifest.tables.values()):,} rows in {len(manifest.tables)} tables, "
            f"{manifest.ledger['entries']:,} ledger entries to number {manifest.ledger['last']}, "
            f"{manifest.files:,} files.\n"
            f"Ledger digest: {manifest.ledger['sha256']}"
        )
        if not sealed:
            self.stdout.write(
                "The archive is not sealed: whoever has it reads everything but what is sealed by itself. Make a key "
                "with bin/weimin backup_key. The secret and the data keys are not in it, and without the data keys "
                f"nobody's name opens any more: keep {settings.WEIMIN_HOME / 'secret'} and {path_of(manifest.county)} "
                "apart."
            )
