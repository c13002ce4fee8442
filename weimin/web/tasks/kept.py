"""The rows in which jobs wait where no broker carries them: a table in each county, by django-tasks-db.

Its own worker knows no counties, keeps the words of an error and leaves what a killed one had claimed; so we claim.
"""

import logging
import os
from datetime import datetime, timedelta

from django.db import transaction
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .. import runs

log = logging.getLogger(__name__)

LEFT_AFTER = timedelta(hours=3)  # no job takes as long: whoever claimed it was killed
KEPT = timedelta(hours=6)


def do_waiting() -> None:
    """Do every job that waits in the chosen county; each row is claimed by one process."""
    while (row := _claimed()) is not None:
        try:
            row.set_successful(row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"]))
        except Exception as error:
            log.exception("the job %s of row %s failed", row.task_path, row.pk)
            kind = runs.kind_of(error)
            DBTaskResult.objects.filter(pk=row.pk).update(status=TaskResultStatus.FAILED, exception_class_path=kind)


def _claimed() -> DBTaskResult | None:
    ready = DBTaskResult.objects.ready().filter(backend_name=DEFAULT_TASK_BACKEND_ALIAS)
    if not ready.exists():  # to claim locks: a county at rest is only read
        return None
    with transaction.atomic():
        row = ready.get_locked()
        if row is not None:
            row.claim(str(os.getpid()))
    return row


def sweep_jobs(*, now: datetime) -> dict[str, int]:
    """Give back what a killed process had claimed; forget what is over."""
    left = DBTaskResult.objects.running().filter(started_at__lte=now - LEFT_AFTER)
    over = DBTaskResult.objects.finished().filter(started_at__lte=now - KEPT)
    return {"given_back": left.update(status=TaskResultStatus.READY), "forgotten": over.delete()[0]}
