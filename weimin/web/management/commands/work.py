"""The background work: sends the outbox and does what time alone brings about."""

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
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
from weimin.web.schedule import Daily, Every, Timetable, done, failed, tick
from weimin.webhooks.tasks import forget_events, send_events

log = logging.getLogger(__name__)

Job = Callable[..., object]
_PAUSE_SECONDS = 5
_NIGHT_HOUR = 3
_EACH_MINUTE, _HOURLY = Every(timedelta(minutes=1)), Every(timedelta(hours=1))


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
        while True:
            _round()
            close_old_connections()
            if once or stop.wait(_PAUSE_SECONDS):
                return


def _round() -> None:
    """What fails in one county is told with its traceback and tried again; the others are served.

    The first jobs are done in every round, by every process: each takes what nobody else has taken. The others have
    their times (schedule.py).
    """
    try:
        served = list(counties())
    except Exception:
        log.exception("the directory of counties could not be read")
        return
    timed: dict[str, tuple[Job, Timetable]] = {
        "read_mail": (read_mail, _EACH_MINUTE),
        "exchange": (exchange, _EACH_MINUTE),
        "forget_old": (forget_old, _HOURLY),
        "forget_events": (forget_events, _HOURLY),
        "sweep_uploads": (sweep_uploads, _HOURLY),
        "count_anew": (count_anew, Daily(_NIGHT_HOUR)),
    }
    for code in served:
        for job in (run_due, deliver, send_events):
            _do(code, job)
        _do_timed(code, timed)


def _do_timed(code: str, timed: Mapping[str, tuple[Job, Timetable]]) -> None:
    """What is due in this county, as far as no other process has taken it."""
    timetables = {name: timetable for name, (_job, timetable) in timed.items()}
    try:
        with serve_county(code):
            for taken in tick(timetables, now=clock.now()):
                went_well = _do(code, timed[taken.job][0])
                (done if went_well else failed)(taken, now=clock.now())
    except Exception:
        log.exception("county %s: the schedule could not be read or kept", code)


def _do(code: str, job: Job) -> bool:
    with bound_contextvars(county=code, job=job.__name__):
        try:
            with serve_county(code):
                found = job(now=clock.now())
                runs.went_well(job.__name__, found, now=clock.now())
        except Exception as error:
            log.exception("county %s: %s failed", code, job.__name__)
            _note(code, job, error)
            return False
        return True


def _note(code: str, job: Job, error: Exception) -> None:
    """That it failed is told where the operator looks, if the database still takes it."""
    try:
        with use_county(code):
            runs.went_wrong(job.__name__, error, now=clock.now())
    except Exception:
        log.exception("county %s: that %s failed could not be kept", code, job.__name__)
