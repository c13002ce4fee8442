"""Bring a county back from an archive into an empty house, and say what was found."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.county.context import use_county
from weimin.county.sealed.ring import KeyTrouble
from weimin.kernel import clock
from weimin.web.backup import restoring
from weimin.web.backup.broken import Broken
from weimin.web.backup.checking import Finding, check_content, check_rows
from weimin.web.backup.dumps import check_dump
from weimin.web.backup.sealing import private_in
from weimin.web.backup.unpacking import Unpacked, unpack


class Command(BaseCommand):
    help = "Restore FILE into an empty WEIMIN_HOME or an empty PostgreSQL database, and verify what came back."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, help="file with the private key, for a sealed archive")

    def handle(self, *, file: Path, key: Path | None, **options: Any) -> None:
        try:
            private = private_in(key.read_text()) if key else None
            with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.WEIMIN_HOME) as room:
                unpacked = self._restore(file, private, Path(room))
                about_secret = restoring.place_secret(unpacked)
        except (Broken, KeyTrouble, OSError) as reason:
            raise CommandError(f"Nothing was restored: {reason}") from None
        with use_county(unpacked.manifest.county):
            wrong = self._verify(unpacked)
        self.stdout.write(about_secret)
        if wrong:
            raise CommandError("Restored, but do not serve it before these are understood:\n" + "\n".join(wrong))
        self.stdout.write("The county is restored. Start it as usual.")

    def _restore(self, file: Path, private: bytes | None, room: Path) -> Unpacked:
        restoring.check_empty(county=settings.COUNTY)
        with restoring.files_in_place() as place:
            unpacked = unpack(file, private=private, room=room, uploads=place.aside)
            place.county = unpacked.manifest.county
            restoring.check_fits(unpacked.manifest)
            restoring.check_empty(county=place.county)
            if wrong := check_dump(unpacked):
                raise Broken(" ".join(wrong))
            self.stdout.write(restoring.place_keys(unpacked))
            restoring.load_database(unpacked)
        return unpacked

    def _verify(self, unpacked: Unpacked) -> list[str]:
        """The rows first, as they were; then the tables are brought to date, and what the rows say is judged."""
        manifest = unpacked.manifest
        restoring.guard_ledger()
        wrong = [self._told(check_rows(manifest))]
        call_command("county", "migrate", manifest.county, verbosity=0)
        wrong += [self._told(finding) for finding in check_content()]
        wrong += [self._told(Finding(False, trouble)) for trouble in unpacked.troubles]
        for sentence in restoring.begin_again(manifest, now=clock.now()):
            self.stdout.write(f"    {sentence}")
        return [sentence for sentence in wrong if sentence]

    def _told(self, finding: Finding) -> str:
        """Says it; returns the sentence if something is not right."""
        self.stdout.write(f"{'ok ' if finding.right else 'NOT'} {finding.sentence}")
        return "" if finding.right else finding.sentence
