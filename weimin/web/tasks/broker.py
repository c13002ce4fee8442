"""Jobs carried by Celery over RabbitMQ or Redis, where WEIMIN_BROKER_URL is set; loaded nowhere else.

The broker keeps nothing that is not in the tables: a message that it loses or brings twice costs time. So nobody waits
for it long and nothing fails because of it; and no message holds more than a county's code, a job's name and two times.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic
from typing import Any
from uuid import uuid4

from celery import Celery
from django.conf import settings
from django.db import transaction
from django_tasks import TaskResult, TaskResultStatus
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task
from kombu import Connection

from . import do_timed, look

log = logging.getLogger(__name__)

_PATIENCE = 2  # seconds it may take to answer
_REST = 4  # and for which it is left alone when it did not: a round costs one wait, not one a message

app = Celery("weimin", broker=settings.BROKER_URL, set_as_current=False)
app.conf.update(
    accept_content=["json"],
    task_ignore_result=True,
    task_default_queue=settings.BROKER_QUEUE,
    worker_prefetch_multiplier=1,  # what a busy worker holds back, another could do
    broker_connection_timeout=_PATIENCE,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # workers outlive a broker that is away for a night
)
for _job in (look, do_timed):
    app.task(_job.func, name=_job.module_path)


class Away(Exception):
    """The broker does not answer, or answers what makes no sense; says what kind of trouble it was."""


class Line:
    """One connection to the broker, for one thread. What breaks on it closes it; after a rest it is opened anew."""

    def __init__(self) -> None:
        self._open: Connection | None = None
        self._rests_until = 0.0
        self._well = True

    def waiting(self) -> int:
        """How many jobs are there that no worker has taken up yet."""
        with self._talk() as connection:
            return int(app.amqp.queues[settings.BROKER_QUEUE](connection.default_channel).queue_declare().message_count)

    def say(self, job: str, args: tuple[Any, ...], kwargs: dict[str, Any], task_id: str) -> None:
        with self._talk() as connection:
            app.send_task(job, args, kwargs, task_id=task_id, connection=connection, retry=False)

    def workers_answer(self) -> bool:
        with self._talk() as connection:
            return bool(app.control.ping(timeout=1, limit=1, connection=connection))

    def close(self) -> None:
        """Without a word to the broker, which may not be there."""
        if self._open is not None:
            self._open.collect()
            self._open = None

    @contextmanager
    def _talk(self) -> Iterator[Connection]:
        if monotonic() < self._rests_until:
            raise Away("it is left alone for a few seconds")
        try:
            if self._open is None:
                self._open = _connected()
            yield self._open
        except Exception as error:  # each client has errors of its own
            self._rests_until = monotonic() + _REST
            self.close()
            if self._well:
                log.warning("the broker does not answer (%s): the work goes on without it", type(error).__name__)
            self._well = False
            raise Away(type(error).__name__) from error
        if not self._well:
            log.warning("the broker answers again")
        self._well = True


def _connected() -> Connection:
    slow = {"read_timeout": _PATIENCE, "write_timeout": _PATIENCE}
    if settings.BROKER_URL.startswith("redis"):
        slow = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
    connection = app.connection_for_write(transport_options=slow)
    connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=_PATIENCE)
    return connection


line = Line()


class CeleryBackend(BaseTaskBackend):
    """Said once the transaction has committed; whether it came, the tables will show."""

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        self.validate_task(task)
        result: TaskResult = TaskResult(
            task=task, id=str(uuid4()), status=TaskResultStatus.READY, args=args, kwargs=kwargs, backend=self.alias,
            enqueued_at=None, started_at=None, finished_at=None, last_attempted_at=None, errors=[], worker_ids=[],
        )  # fmt: skip
        transaction.on_commit(partial(_say, task.module_path, result))
        return result


def _say(job: str, result: TaskResult) -> None:
    try:
        line.say(job, tuple(result.args), result.kwargs, result.id)
    except Away as away:
        log.info("%s was not handed over: %s", job, away)
