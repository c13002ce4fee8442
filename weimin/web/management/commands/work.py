"""The background work: sends the outbox and does what time alone brings about."""

import logging
import signal
import threading
from itertools import count
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import translation

from weimin.notices.carriers import not_set_up
from weimin.web.tasks.rounds import one_round

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
        with translation.override("en"):  # our own lines are English; Chinese is taken for somebody's words
            for lost in not_set_up():
                log.warning("%s", lost)
        for number in count():
            one_round(number)
            close_old_connections()
            if once or stop.wait(_PAUSE_SECONDS):
                return
