"""The background work: sends the outbox and does what time alone brings about."""

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
            for code in counties():
                with use_county(code):
                    run_due(now=clock.now())
                    deliver(now=clock.now())
            close_old_connections()
            if once:
                return
            stop.wait(_PAUSE_SECONDS)
