"""The background work as jobs: each names its county, enters it once, and is safe to bring twice or not at all.

What waits stands in the tables already, in the transaction that brought it about. So a job says only "look at this
queue of this county" or "do this timed job for this due time", and whoever carries it – a row, or a message of a
broker – may lose it: the next look, or the schedule, finds the work again.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django_tasks import task
from structlog.contextvars import bound_contextvars

from weimin.county.context import serve_county
from weimin.county.sampling import is_astray
from weimin.county.tasks import forget_old
from weimin.kernel import clock
from weimin.matters.finding.reading import leave_unread, read_new
from weimin.matters.guessing import guess_waiting
from weimin.matters.tasks import count_anew, exchange, read_mail, run_due, sweep_uploads
from weimin.notices.tasks import deliver
from weimin.webhooks.tasks import forget_events, send_events

from .. import runs
from ..schedule import Daily, Every, Taken, Timetable, begin, done, failed
from .kept import sweep_jobs

log = logging.getLogger(__name__)

Act = Callable[..., object]
_NIGHT_HOUR = 3
_EACH_MINUTE, _HOURLY = Every(timedelta(minutes=1)), Every(timedelta(hours=1))

# Looked at in every round: each act takes what nobody else has taken.
QUEUES: dict[str, Act] = {
    "run_due": run_due, "deliver": deliver, "send_events": send_events, "read_new": read_new, "guess": guess_waiting,
}  # fmt: skip
# Done once for each due time, whoever does it.
TIMED: dict[str, tuple[Act, Timetable]] = {
    "read_mail": (read_mail, _EACH_MINUTE),
    "exchange": (exchange, _EACH_MINUTE),
    "forget_old": (forget_old, _HOURLY),
    "forget_events": (forget_events, _HOURLY),
    "sweep_jobs": (sweep_jobs, _HOURLY),
    "sweep_uploads": (sweep_uploads, _HOURLY),
    "leave_unread": (leave_unread, _HOURLY),
    "count_anew": (count_anew, Daily(_NIGHT_HOUR)),
}


@task()
def look(county: str, queue: str) -> None:
    """Do what waits in this queue of this county now."""
    with bound_contextvars(county=county, job=queue):
        try:
            with serve_county(county):
                if not is_astray():
                    _do(queue, QUEUES[queue])
        except Exception:
            log.exception("county %s: %s could not be looked at", county, queue)


@task()
def do_timed(county: str, job: str, due_at: str, until: str) -> None:
    """Do this timed job for this due time, unless it was begun before or handed out again meanwhile."""
    with bound_contextvars(county=county, job=job):
        try:
            act, timetable = TIMED[job]
            taken = Taken(job, timetable, datetime.fromisoformat(due_at), datetime.fromisoformat(until))
            with serve_county(county):
                if not is_astray() and (mine := begin(taken, now=clock.now())):
                    (done if _do(job, act) else failed)(mine, now=clock.now())
        except Exception:
            log.exception("county %s: the schedule of %s could not be read or kept", county, job)


def _do(job: str, act: Act) -> bool:
    """How it went is told where the operator looks, if the database still takes it."""
    try:
        found = act(now=clock.now())
        runs.went_well(job, found, now=clock.now())
    except Exception as error:
        log.exception("%s failed", job)
        runs.went_wrong(job, error, now=clock.now())
        return False
    return True
