"""Several new rows in one statement where the database can: the rows of one act travel to the server together.

On PostgreSQL the INSERTs become one statement (data-modifying WITH); keys that rows must know of each other are taken
beforehand in blocks. On SQLite there is no trip to save: the rows are saved one after another.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache, wraps
from itertools import chain
from typing import Any, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

from weimin.kernel.chosen import chosen_schema

from .columns import TO_POSTGRESQL, TO_SQLITE, Column, columns_of, values_of

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
        if _alone.get():
            return verb(*args, **kwargs)
        with transaction.atomic():
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
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


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


def prepared_cursor() -> Any:
    """A cursor for a statement that every request brings; SQLite remembers statements by itself."""
    here = connections[DEFAULT_DB_ALIAS]
    if here.vendor != "postgresql":
        return here.cursor()
    return here.prepared_cursor()  # type: ignore[attr-defined]


def _in_one(rows: Sequence[models.Model], beside: Statement | None) -> None:
    words, beside_values = beside or ("", ())
    sql, columns_of_rows = _with(tuple((type(row), row.pk is not None) for row in rows), words)
    *first, last = [values_of(row, columns, TO_POSTGRESQL) for columns, row in zip(columns_of_rows, rows, strict=True)]
    with prepared_cursor() as cursor:
        cursor.execute(sql, [*chain.from_iterable(first), *beside_values, *last])
        rows[-1].pk = cursor.fetchone()[0]


@lru_cache(maxsize=100)
def _with(shapes: tuple[tuple[type[models.Model], bool], ...], beside: str) -> tuple[str, list[Sequence[Column]]]:
    """The one statement for rows of these tables, each with a key or without, and the columns of each."""
    inserts = [_insert(model, has_key) for model, has_key in shapes]
    *first, last = [sql for sql, _columns in inserts]
    parts = [f"i{number} AS ({sql})" for number, sql in enumerate(first)] + ([f"beside AS ({beside})"] * bool(beside))
    before = f"WITH {', '.join(parts)} " if parts else ""
    return f"{before}{last} RETURNING id", [columns for _sql, columns in inserts]


@cache
def _insert(model: type[models.Model], has_key: bool) -> tuple[str, Sequence[Column]]:
    """INSERT of a row of this table: its text, and the columns its values come from."""
    fields = [field for field in model._meta.local_concrete_fields if has_key or not field.primary_key]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    columns = columns_of(fields, on_postgresql=connection.vendor == "postgresql")
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})", columns  # noqa: S608 -- our tables


def _one_by_one(rows: Sequence[models.Model], beside: Statement | None) -> None:
    with connection.cursor() as cursor:
        for row in rows:
            row._prepare_related_fields_for_save("save")  # type: ignore[attr-defined]  # it names rows that got their key just now
            sql, columns = _insert(type(row), row.pk is not None)
            cursor.execute(sql, values_of(row, columns, TO_SQLITE))
            if row.pk is None:
                row.pk = cursor.lastrowid
        if beside is not None:
            cursor.execute(*beside)
