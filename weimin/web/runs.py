"""The heartbeat of the background work: every job says that it ran, so that its silence can be told."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import F

from weimin.kernel.chosen import current

from .models import Run

EVERY = timedelta(minutes=1)
SILENT_AFTER = timedelta(minutes=5)  # rounds come every few seconds; a county with much to do needs a minute
ALIVE = ("run_due", "deliver")  # the jobs of every round
NIGHTLY = "count_anew"

_written: dict[tuple[str | None, str], datetime] = {}  # what this process has said of itself lately


def went_well(job: str, found: object, *, now: datetime) -> None:
    """A job has been done. What it found is kept where it is a table of figures."""
    name = (current.get(), job)
    # a clock that was put back must not silence us until it has caught up
    if job != NIGHTLY and name in _written and timedelta(0) <= now - _written[name] < EVERY:
        return
    figures = {key: value for key, value in found.items()} if isinstance(found, Mapping) else {}
    Run.objects.update_or_create(job=job, defaults={"good_at": now, "found": figures})
    _written[name] = now


def went_wrong(job: str, error: Exception, *, now: datetime) -> None:
    """A job has failed; only what kind of error it was is kept, for its words may hold a person's."""
    run, _made = Run.objects.get_or_create(job=job)
    Run.objects.filter(pk=run.pk).update(bad_at=now, failures=F("failures") + 1, trouble=kind_of(error))
    _written.pop((current.get(), job), None)


def kind_of(error: Exception) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"[:120]


def forget() -> None:
    """As a new process begins."""
    _written.clear()
