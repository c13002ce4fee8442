"""The file backend: what waits to be read out, printed or looked at, one readable text a message."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from weimin.kernel.chosen import current_code
from weimin.kernel.clock import COUNTY_TIME

from ..models import Notice
from .outcome import Fate, Outcome


class Files:
    name = "files"

    def send(self, notice: Notice, *, now: datetime) -> Outcome:
        try:
            write(notice, now)
        except OSError as trouble:
            return Outcome(Fate.NOT_TAKEN, why=str(trouble))
        return Outcome(Fate.TAKEN)


def write(notice: Notice, now: datetime) -> Path:
    """By county and channel. The same message is the same file."""
    folder = Path(settings.OUTBOX) / current_code() / notice.channel.lower()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{notice.pk:09d}.txt"
    when = now.astimezone(COUNTY_TIME).strftime("%Y-%m-%d %H:%M")
    path.write_text(f"{when}\n{notice.address}\n{notice.subject}\n\n{notice.body}\n", encoding="utf-8")
    return path
