"""Keys of a grown county: given by us, in the order of the telling."""

from collections.abc import Iterable
from itertools import count

from django.db import connection, models

from weimin.county.together import forget_blocks

Kind = type[models.Model]


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
