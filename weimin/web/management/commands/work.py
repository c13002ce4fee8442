"""The background work: sends the outbox and does what time alone brings about."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from weimin.county.context import use_county
from weimin.county.directory import counties
from weimin.kernel import clock
from weimin.matters.tasks import run_due
from weimin.notices.tasks import deliver

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 5


class Command(BaseCommand):
    help = "Send what waits in the outbox and do what is due, for every county, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        stop = threading.Event()
        for word in (signal.SIGTERM, signal.SIGINT):
            signal.signal(word, lambda *_: stop.set())
        while not stop.is_set():
            _round()
            close_old_connections()
            if once:
                return
            stop.wait(_PAUSE_SECONDS)


def _round() -> None:
    """What fails in one county is told with its traceback and tried again next time; the others are served."""
    try:
        served = list(counties())
    except Exception:
        log.exception("the directory of counties could not be read")
        return
    for code in served:
        for job in (run_due, deliver):
            try:
                with use_county(code):
                    job(now=clock.now())
            except Exception:
                log.exception("county %s: %s failed", code, job.__name__)
