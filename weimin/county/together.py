"""Several new rows in one statement where the database can: the rows of one act travel to the server together.

On PostgreSQL the INSERTs become one statement (data-modifying WITH); keys that rows must know of each other are taken
beforehand in blocks. On SQLite there is no trip to save: the rows are saved one after another.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, models, transaction

from weimin.kernel.chosen import chosen_schema

P = ParamSpec("P")
R = TypeVar("R")
BLOCK = 100
Statement = tuple[str, Sequence[Any]]

_blocks: dict[tuple[int, str, str], list[int]] = {}
_lock = threading.Lock()


_alone: ContextVar[bool] = ContextVar("one_act_in_a_transaction", default=False)


@contextmanager
def for_one_act() -> Iterator[None]:
    """A transaction opened for one act alone: if the act fails, all of it is rolled back by whoever opened it."""
    with transaction.atomic():
        token = _alone.set(True)
        try:
            yield
        finally:
            _alone.reset(token)


def one_act(verb: Callable[P, R]) -> Callable[P, R]:
    """`atomic` for the verb that is called most: no savepoint inside a transaction opened for it alone."""

    @wraps(verb)
    def act(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(savepoint=not _alone.get()):
            return verb(*args, **kwargs)

    return act


def insert_together(*rows: models.Model, beside: Statement | None = None) -> None:
    """Insert these new rows, and carry out one more statement beside them. The last row is given its key.

    A row that another one names has its key already, from `next_key`.
    """
    if connection.vendor == "postgresql":
        _in_one(rows, beside)
    else:
        _one_by_one(rows, beside)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def next_key(model: type[models.Model]) -> int | None:
    """A key for a row not yet inserted, where rows are inserted together; None where the database gives it."""
    if connection.vendor != "postgresql":
        return None
    return next_serial(f"pg_get_serial_sequence('{model._meta.db_table}', 'id')")


def forget_blocks() -> None:
    """After a sequence was set by hand: what this process had taken from it before may be in use by now."""
    _blocks.clear()


def next_serial(sequence: str) -> int:
    """The next value of a sequence, an SQL expression of the house; taken in blocks, so some may never be used.

    A block belongs to one process: a child that was forked takes its own.
    """
    name = (os.getpid(), chosen_schema(), sequence)
    with _lock:
        block = _blocks.setdefault(name, [])
        if not block:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT nextval({sequence}) FROM generate_series(1, {BLOCK})")  # noqa: S608 -- ours
                block.extend(row[0] for row in reversed(cursor.fetchall()))
        return block.pop()


def _in_one(rows: Sequence[models.Model], beside: Statement | None) -> None:
    parts, values = [], []
    for row in rows:
        sql, fields = _insert(type(row), row.pk is not None)
        parts.append(sql)
        values += [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    first = [f"i{number} AS ({sql})" for number, sql in enumerate(parts[:-1])]
    if beside is not None:
        first.append(f"beside AS ({beside[0]})")
        at = len(values) - len(_insert(type(rows[-1]), rows[-1].pk is not None)[1])
        values[at:at] = beside[1]
    with connection.cursor() as cursor:
        before = f"WITH {', '.join(first)} " if first else ""
        cursor.execute(f"{before}{parts[-1]} RETURNING id", values)
        rows[-1].pk = cursor.fetchone()[0]


@cache
def _insert(model: type[models.Model], has_key: bool) -> tuple[str, tuple[models.Field, ...]]:
    """INSERT of a row of this table: its text, and the fields its values come from."""
    fields = tuple(field for field in model._meta.local_concrete_fields if has_key or not field.primary_key)
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})", fields  # noqa: S608 -- our tables


def _one_by_one(rows: Sequence[models.Model], beside: Statement | None) -> None:
    for row in rows:
        models.Model.save(row, force_insert=True)
    if beside is not None:
        with connection.cursor() as cursor:
            cursor.execute(*beside)
