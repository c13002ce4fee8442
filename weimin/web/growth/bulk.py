"""Many rows at once: COPY on PostgreSQL, `bulk_create` on SQLite. Keys are given by us, in the order of the telling."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from operator import attrgetter
from typing import Any

from django.db import connection, models

from weimin.county.sealed import BlindIndex, SealedField
from weimin.county.together import forget_blocks

Kind = type[models.Model]
_PIECE = 500  # rows of one statement on SQLite, lines of one message on PostgreSQL
_SIGNS = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Keys:
    """The keys of one stretch. Each stretch has room of its own in every table, so that several may write at once."""

    def __init__(self, stretch: int, room: int) -> None:
        self._first, self._last = stretch * room + 1, (stretch + 1) * room
        self._next: dict[Kind, count[int]] = {}

    def of(self, table: Kind) -> int:
        key = next(self._next.setdefault(table, count(self._first)))
        if key > self._last:
            raise OverflowError(f"{table.__name__}: a stretch has room for {self._last - self._first + 1} rows.")
        return key


def keep_free(tables: Iterable[Kind], *, up_to: int) -> None:
    """Whatever else is written goes after these keys, now and later."""
    with connection.cursor() as cursor:
        for table in tables:
            name = table._meta.db_table
            if connection.vendor == "postgresql":
                quoted = connection.ops.quote_name(name)
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [quoted, up_to])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [name])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [name, up_to])
    forget_blocks()


def lay_down(table: Kind, rows: Sequence[Any]) -> None:
    """Write rows that carry their keys. Nothing is read back."""
    if not rows:
        return
    if connection.vendor != "postgresql":
        table._default_manager.bulk_create(rows, batch_size=_PIECE)
        return
    fields = table._meta.concrete_fields
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    target = connection.ops.quote_name(table._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} ({names}) FROM STDIN") as copy:
        for piece in _lines(fields, rows):
            copy.write(piece)


def _lines(fields: Sequence[Any], rows: Sequence[Any]) -> Iterable[str]:
    columns = [_column(field) for field in fields]
    for start in range(0, len(rows), _PIECE):
        yield "".join("\t".join([told(row) for told in columns]) + "\n" for row in rows[start : start + _PIECE])


def _column(field: Any) -> Callable[[Any], str]:
    """What stands in this column of a row; sealed where the field seals."""
    if isinstance(field, (SealedField, BlindIndex)):
        return lambda row: _text(field.pre_save(row, True))
    value = attrgetter(field.attname)
    told = _json if isinstance(field, models.JSONField) else _plain
    return lambda row: told(value(row))


def _json(value: Any) -> str:
    return "\\N" if value is None else json.dumps(value, ensure_ascii=False).translate(_SIGNS)


def _text(value: str) -> str:
    return str(value).translate(_SIGNS)


_TOLD: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: "\\N",
    bool: lambda value: "t" if value else "f",
    int: str,
    bytes: lambda value: "\\\\x" + value.hex(),
    datetime: datetime.isoformat,
    date: date.isoformat,
    Decimal: str,
    str: _text,
}


def _plain(value: Any) -> str:
    """As COPY reads it; the words of an enumeration are their values."""
    told = _TOLD.get(type(value))
    if told is not None:
        return told(value)
    return str(int(value)) if isinstance(value, int) else _text(value)
