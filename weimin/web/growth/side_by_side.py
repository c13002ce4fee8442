"""Several processes at one growth, each with its own connection. PostgreSQL only: SQLite has one writer."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import datetime

from django.db import connections

from weimin.county.context import use_county
from weimin.kernel.chosen import current_code

from .growing import Growth, Step, Writer, begin, weigh

_writer: Writer | None = None


def grow_side_by_side(growth: Growth, *, now: datetime, step: Step, processes: int) -> bool:
    """As `grow`, by so many processes. What one has not finished when it is killed is written next time."""
    waiting = begin(growth, now=now)
    step(growth.weight - sum(growth.stretches[number].weight for number in waiting))
    connections.close_all()  # a connection must not be shared with a child
    for weight in _written(growth, waiting, now, processes):
        step(weight)
    weigh(now=now)
    return bool(waiting)


def _written(growth: Growth, waiting: list[int], now: datetime, processes: int) -> Iterator[int]:
    fork = multiprocessing.get_context("fork")
    code = current_code()
    with ProcessPoolExecutor(processes, mp_context=fork, initializer=_begin, initargs=(growth,)) as pool:
        for done in as_completed([pool.submit(_write, code, number, now) for number in waiting]):
            yield done.result()


def _begin(growth: Growth) -> None:
    global _writer
    _writer = Writer(growth)


def _write(code: str, number: int, now: datetime) -> int:
    assert _writer is not None
    with use_county(code):
        return _writer.write(number, now=now)
