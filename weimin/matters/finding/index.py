"""Which matters may have a word: what the index has not got nobody has, what it has is to be looked into."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Sum

from weimin.language import postings
from weimin.language.searching import Word

from ..models import IndexPart, IndexRow

_SHORT = 1400  # keys of a row that is read with the answer; one of a frequent term alone is read if it must be
_PAIRS = 8  # of a long word: what has these has nearly always the rest
_ENOUGH, _WORTH = 200, 50  # to look into so many texts, or so many times fewer than a list has keys, costs less

# Of each part the row where the first term would stand, and those that begin before the last.
_ROWS = """
SELECT r.id, r.held, CASE WHEN r.held <= %s THEN r.body END
FROM matters_indexpart p JOIN matters_indexrow r ON r.part_id = p.id
WHERE r.first <= %s AND r.first >= COALESCE(
    (SELECT MAX(b.first) FROM matters_indexrow b WHERE b.part_id = p.id AND b.first <= %s), 0)
"""


@dataclass
class Entry:
    """The terms from the first to the last, which may be the same, as they stand in the index."""

    first: int
    last: int
    rows: list[tuple[int, int, bytes | None]] = field(init=False)

    def __post_init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [_SHORT, self.last, self.first])
            self.rows = cursor.fetchall()

    @cached_property
    def held(self) -> int:
        """How many matters have one of them, at most."""
        long = sum(held for _row, held, body in self.rows if body is None)
        return long + sum(len(keys) for keys in self._keys(body for _row, _held, body in self.rows if body is not None))

    @cached_property
    def keys(self) -> set[int]:
        """The matters that have one of them."""
        bodies: list[Any] = [body for _row, _held, body in self.rows if body is not None]
        long = [row for row, _held, body in self.rows if body is None]
        bodies += IndexRow.objects.filter(pk__in=long).values_list("body", flat=True)
        return set().union(*self._keys(bodies))

    def _keys(self, bodies: Iterable[bytes | None]) -> list[postings.Numbers]:
        if self.first == self.last:
            return [postings.read_term(bytes(body or b""), self.first) for body in bodies]
        return [
            keys
            for body in bodies
            for term, keys in postings.read(bytes(body or b""))
            if self.first <= term <= self.last
        ]


def entries_of(word: Word) -> list[Entry]:
    """Where the terms of this word stand, the rarest first; none for a word without letters and digits."""
    spans = [(term, term) for term in sorted(word.pairs)[:_PAIRS]]
    if not spans and word.beginning is not None:
        spans = [(word.beginning[0], word.beginning[-1])]
    return sorted((Entry(*span) for span in spans), key=lambda entry: entry.held)


def keys_in(entries: list[Entry]) -> set[int]:
    """The matters that may have the word of these entries: all that have it, and perhaps some others."""
    keys = set(entries[0].keys)
    for entry in entries[1:]:
        if len(keys) <= _ENOUGH or entry.held > _WORTH * len(keys):
            break
        keys &= entry.keys
    return keys


def matters_read() -> int:
    """How many matters the index knows."""
    return IndexPart.objects.aggregate(n=Sum("matters"))["n"] or 0
