"""The background work: sends the outbox and does what time alone brings about."""

import itertools
import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from weimin.county.context import use_county
from weimin.county.directory import counties
from weimin.county.tasks import forget_old
from weimin.kernel import clock
from weimin.matters.tasks import read_mail, run_due, sweep_uploads
from weimin.notices.carriers import not_set_up
from weimin.notices.tasks import deliver

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 5
_ROUNDS_AN_HOUR = 3600 // _PAUSE_SECONDS
_ROUNDS_A_MINUTE = 60 // _PAUSE_SECONDS


class Command(BaseCommand):
    help = "Send what waits in the outbox and do what is due, for every county, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        stop = threading.Event()
        for word in (signal.SIGTERM, signal.SIGINT):
            signal.signal(word, lambda *_: stop.set())
        for lost in not_set_up():
            log.warning("%s", lost)
        for number in itertools.count():
            _round(hourly=number % _ROUNDS_AN_HOUR == 0, minutely=number % _ROUNDS_A_MINUTE == 0)
            close_old_connections()
            if once or stop.wait(_PAUSE_SECONDS):
                return


def _round(*, hourly: bool, minutely: bool) -> None:
    """What fails in one county is told with its traceback and tried again next time; the others are served."""
    try:
        served = list(counties())
    except Exception:
        log.exception("the directory of counties could not be read")
        return
    jobs: list[Callable[..., object]] = [run_due, deliver]
    if minutely:
        jobs.append(read_mail)
    if hourly:
        jobs += [forget_old, sweep_uploads]
    for code in served:
        for job in jobs:
            try:
                with use_county(code):
                    job(now=clock.now())
            except Exception:
                log.exception("county %s: %s failed", code, job.__name__)
