"""The background work: sends the outbox and does what time alone brings about."""

import itertools
import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import translation
from structlog.contextvars import bound_contextvars

from weimin.county.context import serve_county, use_county
from weimin.county.directory import counties
from weimin.county.tasks import forget_old
from weimin.kernel import clock
from weimin.matters.tasks import count_anew, exchange, read_mail, run_due, sweep_uploads
from weimin.notices.carriers import not_set_up
from weimin.notices.tasks import deliver
from weimin.web import runs
from weimin.webhooks.tasks import forget_events, send_events

log = logging.getLogger(__name__)

Job = Callable[..., object]
NOT_NOW = object()  # what a job answers whose hour has not come
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
        with translation.override("en"):  # our own lines are English; Chinese is taken for somebody's words
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
    jobs: list[Job] = [run_due, deliver, send_events]
    if minutely:
        jobs += [read_mail, exchange]
    if hourly:
        jobs += [forget_old, forget_events, sweep_uploads, _count_tonight]
    for code in served:
        for job in jobs:
            with bound_contextvars(county=code, job=_name(job)):
                _do(code, job)


def _do(code: str, job: Job) -> None:
    try:
        with serve_county(code):
            began = clock.now()
            found = job(now=began)
            if found is not NOT_NOW:
                runs.went_well(_name(job), found, now=clock.now())
    except Exception as error:
        log.exception("county %s: %s failed", code, _name(job))
        _note(code, job, error)


def _note(code: str, job: Job, error: Exception) -> None:
    """That it failed is told where the operator looks, if the database still takes it."""
    try:
        with use_county(code):
            runs.went_wrong(_name(job), error, now=clock.now())
    except Exception:
        log.exception("county %s: that %s failed could not be kept", code, _name(job))


def _count_tonight(*, now: datetime) -> object:
    """Once a night, however often it is asked for."""
    return count_anew(now=now) if runs.due_tonight(now=now) else NOT_NOW


def _name(job: Job) -> str:
    return runs.NIGHTLY if job is _count_tonight else job.__name__
