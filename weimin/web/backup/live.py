"""Plain questions to the database in use, the same on both."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from .snapshot import postgresql_tables

_ROWS = 2000


def live_rows(sql: str) -> Iterator[tuple[Any, ...]]:
    """A cursor of the server's own on PostgreSQL, so that no table is held in memory."""
    if connection.vendor == "postgresql":
        with connection.cursor():  # enters the county
            pass
        with connection.connection.cursor(name="weimin_check", withhold=True) as rows:
            rows.itersize = _ROWS
            rows.execute(sql)
            yield from rows
        return
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while some := cursor.fetchmany(_ROWS):
            yield from some


def live_tables() -> list[str]:
    """The tables as the manifest names them."""
    if connection.vendor == "postgresql":
        return postgresql_tables()
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return [name for (name,) in live_rows(sql)]
