"""Everything between installing and serving, in one start of Python. Safe to run again; does only what is missing."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Collect static files if they changed, migrate if needed, load the sample county into a new installation."

    def handle(self, **options: Any) -> None:
        self._collect()
        call_command("county", "migrate", verbosity=options["verbosity"], stdout=self.stdout)
        if settings.SAMPLE and not (settings.WEIMIN_HOME / "demo.json").exists():
            self.stdout.write("Loading the sample county; this is done once ...")
            call_command("sample_county", stdout=self.stdout)

    def _collect(self) -> None:
        stamp = settings.STATIC_ROOT / "collected"
        now = _fingerprint()
        if stamp.exists() and stamp.read_text() == now:
            return
        # nothing is cleared: names carry digests, and the version before may still be serving its own
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(now)


def _fingerprint() -> str:
    """Changes when a static file of ours or of a package is added, changed or removed."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=None):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode())
    return digest.hexdigest()
