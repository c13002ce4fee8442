"""One round of the background work: in every county what waits is looked at, and what is due is handed out and done."""

import logging
from time import monotonic, sleep

from django.conf import settings
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS

from weimin.county.context import serve_county
from weimin.county.directory import counties
from weimin.county.sampling import is_astray
from weimin.kernel import clock

from ..schedule import Taken, tick
from . import QUEUES, TIMED, do_timed, look
from .kept import do_waiting

log = logging.getLogger(__name__)

BROKER = "broker"  # its name in the settings
MOMENT = 1.0  # seconds in which workers take up what another round has just handed over, also on a busy machine
OWN = 12  # one round in so many is done here, whatever became of what was handed over


def one_round(number: int = 0) -> None:
    """What fails in one county is told with its traceback and tried again; the others are served."""
    try:
        served = list(counties())
    except Exception:
        log.exception("the directory of counties could not be read")
        return
    carried = number % OWN != 0 and _broker_takes()
    for code in served:
        for queue in QUEUES:
            if carried:
                look.using(backend=BROKER).enqueue(code, queue)
            else:
                look.call(code, queue)
        _hand_out(code, BROKER if carried else DEFAULT_TASK_BACKEND_ALIAS)


def _broker_takes() -> bool:
    """Whether there is a broker that answers, and workers that have taken up all that was handed over before."""
    if not settings.BROKER_URL:
        return False
    from .broker import Away, line  # noqa: PLC0415 -- optional dependency

    until = monotonic() + MOMENT
    try:
        while line.waiting():
            if monotonic() > until:
                return False
            sleep(MOMENT / 10)
    except Away:
        return False
    return True


def _hand_out(code: str, backend: str) -> None:
    """What is due in this county, as far as no other process has taken it; then whatever waits in its rows."""
    carrier = do_timed.using(backend=backend)

    def hand_out(taken: Taken) -> None:
        carrier.enqueue(code, taken.job, taken.due_at.isoformat(), taken.until.isoformat())

    timetables = {job: timetable for job, (_act, timetable) in TIMED.items()}
    try:
        with serve_county(code):
            if not is_astray():
                tick(timetables, now=clock.now(), hand_out=hand_out)
                do_waiting()
    except Exception:
        log.exception("county %s: the schedule could not be read or kept", code)
