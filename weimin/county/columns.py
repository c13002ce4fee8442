"""What of a row is written into its columns, as a database driver takes it. Most values go as they stand."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any

from django.db import connection, models

from .sealed import BlindIndex, SealedField

Way = Callable[[Any], Any]
Column = tuple[str, Way | None]  # the attribute, and how it is written if that is more than its value


def columns_of(fields: Iterable["models.Field[Any, Any]"], *, on_postgresql: bool) -> list[Column]:
    """How these fields are written by this database's driver."""
    return [(field.attname, own_way(field, on_postgresql=on_postgresql)) for field in fields]


def own_way(field: Any, *, on_postgresql: bool) -> Way | None:
    """How a column is written that is more than its value: sealed, kept as JSON, or a number SQLite knows as a word."""
    if isinstance(field, SealedField | BlindIndex):
        return lambda row: str(field.pre_save(row, True))
    if isinstance(field, models.JSONField) and on_postgresql:
        return lambda row: json_of(row.__dict__[field.attname])
    if isinstance(field, models.JSONField | models.DecimalField) and not on_postgresql:
        return lambda row: field.get_db_prep_save(row.__dict__[field.attname], connection)
    return None


def values_of(row: models.Model, columns: Sequence[Column], words: "Words") -> list[Any]:
    """What is written of this row, in the order of the columns; `words` are those of the database's driver."""
    held = row.__dict__
    return [words[type(held[name])](held[name]) if own is None else own(row) for name, own in columns]


class Words(dict[type, Way]):
    """How a value of each type is written. The words and numbers of an enumeration are their values."""

    def __missing__(self, kind: type) -> Way:
        base = next((base for base in (int, str) if issubclass(kind, base)), None)
        if base is None:
            raise TypeError(f"{kind.__name__} is no value that rows inserted without save() may hold.")
        plain, told = (int.__int__ if base is int else str.__str__), self[base]
        way = self[kind] = lambda value: told(plain(value))
        return way


_write_json = json.JSONEncoder(ensure_ascii=False).encode


def json_of(value: Any) -> str | None:
    """The words PostgreSQL reads it by; None stands for nothing, as `save` writes it."""
    if value is None:
        return None
    if not value and isinstance(value, dict | list):  # most are
        return "[]" if isinstance(value, list) else "{}"
    return _write_json(value)


def _as_it_is(value: Any) -> Any:
    return value


TO_POSTGRESQL = Words(dict.fromkeys((NoneType, bool, int, bytes, str, datetime, date, Decimal), _as_it_is))
TO_SQLITE = Words(
    {
        **dict.fromkeys((NoneType, bool, int, bytes, str), _as_it_is),
        datetime: lambda value: connection.ops.adapt_datetimefield_value(value),
        date: lambda value: connection.ops.adapt_datefield_value(value),
    }
)
