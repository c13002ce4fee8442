"""Thousands of new rows at once: COPY on PostgreSQL, one statement many times on SQLite. Nothing is read back.

`together.py` is for the rows of one act, this for those of many. What `save` would write is written: personal fields
sealed, their indexes beside them. Rows may be handed in while they are made: the server lays down the first ones then.
Whoever makes them so asks the database nothing meanwhile; it would wait for itself.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from types import NoneType
from typing import Any, NoReturn, TypeVar

from django.db import connection, models
from django.db.models.base import ModelState

from .columns import TO_SQLITE, Way, Words, json_of, own_way
from .sealed import BlindIndex, SealedField

Kind = type[models.Model]
Row = TypeVar("Row", bound=models.Model)
_PIECE = 200  # rows of one message to PostgreSQL, or of one call of SQLite
_SIGNS = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@contextmanager
def uncollected() -> Iterator[None]:
    """For much that is made and kept until it is laid down: looking for garbage among it took a fifth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def take_keys(table: Kind, count: int) -> Sequence[int]:
    """Keys for rows that others will name before they are inserted. Before: inside atomic()."""
    name = table._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [name, count]
            )
            return [row[0] for row in cursor.fetchall()]
        # One writer at a time: nobody else inserts until this transaction ends.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [name])
        row = cursor.fetchone()
    last = int(row[0]) if row else 0
    return range(last + 1, last + 1 + count)


def new_row(table: type[Row], **columns: Any) -> Row:
    """As `table(**columns)`, in a third of the time: for tens of thousands of rows that nobody cleans or saves."""
    row = table.__new__(table)
    row._state = ModelState()
    alike, made, _related = _blank(table)
    row.__dict__.update(alike)
    for name, make in made:
        row.__dict__[name] = make()
    set_columns(row, columns)
    return row


def set_columns(row: models.Model, columns: Mapping[str, Any]) -> None:
    """As `setattr` for each; what is related is taken at its word."""
    values, related = row.__dict__, _blank(type(row))[2]
    for name, value in columns.items():
        if name in related:
            column, key = related[name]
            values[column] = None if value is None else getattr(value, key)
            row._state.fields_cache[name] = value
        elif name in values:
            values[name] = value
        else:
            raise TypeError(f"{type(row).__name__} has no column {name}.")


@cache
def _blank(table: Kind) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]], dict[str, tuple[str, str]]]:
    """Columns that begin alike in every row, those made for each, and what is related: its column and the key there."""
    fields: list[Any] = list(table._meta.concrete_fields)
    made = [(field.attname, field.get_default) for field in fields if field.has_default() and callable(field.default)]
    own = {name for name, _make in made}
    alike = {field.attname: field.get_default() for field in fields if field.attname not in own}
    related = {field.name: (field.attname, field.target_field.attname) for field in fields if field.is_relation}
    return alike | dict.fromkeys(own), made, related


def lay_down(table: Kind, rows: Iterable[Any], *, keyed: bool = True) -> None:
    """Insert new rows in their order, with the keys they carry, or with those the database gives."""
    on_postgresql = connection.vendor == "postgresql"
    way_of, words = (_own_to_copy, _TO_COPY) if on_postgresql else (_own_to_sqlite, TO_SQLITE)
    plain, own = [], {}
    for field in table._meta.local_concrete_fields:
        if keyed or not field.primary_key:
            way = way_of(field)
            if way is None:
                plain.append(field)
            else:
                own[field] = way
    names, ways = [field.attname for field in plain], list(own.values())
    values = (
        [*[words[type(value)](value) for value in map(row.__dict__.__getitem__, names)], *[way(row) for way in ways]]
        for row in rows
    )
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in (*plain, *own)]
    write = _copy if on_postgresql else _insert
    write(quote(table._meta.db_table), columns, values)


class AskedMeanwhile(RuntimeError):
    """A question to the database while rows were on their way to it."""

    def __init__(self) -> None:
        super().__init__("Ask the database before lay_down() begins: it takes no question while it takes rows.")


def _refuse(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> NoReturn:
    raise AskedMeanwhile


def _copy(table: str, columns: list[str], values: Iterator[list[str]]) -> None:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with _one_copy(statement) as copy, connection.execute_wrapper(_refuse):
        while piece := "".join(["\t".join(row) + "\n" for row in islice(values, _PIECE)]):
            copy.write(piece)


@contextmanager
def _one_copy(statement: str) -> Iterator[Any]:
    # Django's cursors give its own errors for the driver's; a copy is the driver's.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy


def _insert(table: str, columns: list[str], values: Iterator[list[Any]]) -> None:
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 -- names of our own
    with connection.cursor() as cursor:
        while piece := _made(values):
            cursor.executemany(statement, piece)


def _made(values: Iterator[list[Any]]) -> list[list[Any]]:
    with connection.execute_wrapper(_refuse):
        return list(islice(values, _PIECE))


def _own_to_copy(field: Any) -> Way | None:
    """How a column is written that is more than its value: sealed, or kept as JSON."""
    if isinstance(field, SealedField | BlindIndex):
        return lambda row: _text(field.pre_save(row, True))
    if isinstance(field, models.JSONField):
        return lambda row: _json(row.__dict__[field.attname])
    return None


def _own_to_sqlite(field: Any) -> Way | None:
    return own_way(field, on_postgresql=False)


def _json(value: Any) -> str:
    words = json_of(value)
    return "\\N" if words is None else _text(words)


def _text(value: str) -> str:
    if "\\" in value or "\n" in value or "\t" in value or "\r" in value:
        return value.translate(_SIGNS)
    return value


_TO_COPY = Words(
    {
        NoneType: lambda value: "\\N",
        bool: lambda value: "t" if value else "f",
        int: str,
        bytes: lambda value: "\\\\x" + value.hex(),
        datetime: datetime.isoformat,
        date: date.isoformat,
        Decimal: str,
        str: _text,
    }
)
