"""Which matters may have a word: what the index has not got nobody has, what it has is to be looked into."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Case, When

from weimin.language import postings
from weimin.language.searching import Word

from ..models import IndexRow

_SHORT = 1400  # keys of a row that is read at once; one of a frequent term alone is read if it must be
_PAIRS = 8  # of a long word: what has these has nearly always the rest
_ENOUGH, _WORTH = 200, 50  # to look into so many texts, or so many times fewer than a list has keys, costs less

# Of a part the row in which a term would stand. As a value it is looked up by the index, whatever the planner believes.
_PLACE = "(SELECT r.id FROM matters_indexrow r WHERE r.part_id = p.id AND r.first <= %s ORDER BY r.first DESC LIMIT 1)"
Row = tuple[int, int, bytes | None]  # key, how many keys of matters, and its bytes if it is short


class PutTogether(Exception):
    """Parts were put together between two questions: what the first named is gone, and all of it stands elsewhere."""


@dataclass(frozen=True)
class Entry:
    """The terms from the first to the last, which may be the same, as they stand in the index."""

    first: int
    last: int
    rows: list[Row]

    @cached_property
    def held(self) -> int:
        """How many matters have one of them, at most."""
        return sum(held for _row, held, body in self.rows if body is None) + sum(map(len, self._short))

    @cached_property
    def keys(self) -> set[int]:
        """The matters that have one of them."""
        long = [row for row, _held, body in self.rows if body is None]
        bodies = list(IndexRow.objects.filter(pk__in=long).values_list("body", flat=True)) if long else []
        if len(bodies) < len(long):
            raise PutTogether
        return set().union(*self._short, *self._keys(bodies))

    @cached_property
    def _short(self) -> list[postings.Numbers]:
        return self._keys(body for _row, _held, body in self.rows if body is not None)

    def _keys(self, bodies: Iterable[Any]) -> list[postings.Numbers]:
        if self.first == self.last:
            return [postings.read_term(bytes(body), self.first) for body in bodies]
        return [keys for body in bodies for term, keys in postings.read(bytes(body)) if self.first <= term <= self.last]


def entries_of(words: Sequence[Word]) -> tuple[list[list[Entry]], int]:
    """Of each word where its terms stand, the rarest first, and how many matters the index knows. A word without
    letters and digits has none."""
    spans = [_spans(word) for word in words]
    every = list(dict.fromkeys(chain.from_iterable(spans)))
    places = "".join(f", {_PLACE}" for _span in every)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT p.id, p.matters{places} FROM matters_indexpart p", [first for first, _last in every])  # noqa: S608 -- ours
        parts = cursor.fetchall()
    rows_of = {span: {part[2 + at] for part in parts} - {None} for at, span in enumerate(every)}
    for first, last in every:
        if first != last:
            between = IndexRow.objects.filter(part__in=[part[0] for part in parts], first__gt=first, first__lte=last)
            rows_of[first, last] |= set(between.values_list("pk", flat=True))
    rows = _rows(set().union(*rows_of.values()))
    found = {(first, last): Entry(first, last, [rows[key] for key in keys]) for (first, last), keys in rows_of.items()}
    in_order = [sorted((found[span] for span in of_word), key=lambda entry: entry.held) for of_word in spans]
    return in_order, sum(part[1] for part in parts)


def _spans(word: Word) -> list[tuple[int, int]]:
    spans = [(term, term) for term in sorted(word.pairs)[:_PAIRS]]
    if not spans and word.beginning is not None:
        return [(word.beginning[0], word.beginning[-1])]
    return spans


def _rows(keys: set[int]) -> dict[int, Row]:
    short = Case(When(held__lte=_SHORT, then="body"), default=None)
    found = IndexRow.objects.filter(pk__in=keys).values_list("pk", "held", short)
    rows = {row[0]: row for row in found}
    if len(rows) < len(keys):
        raise PutTogether
    return rows


def keys_in(entries: list[Entry]) -> set[int]:
    """The matters that may have the word of these entries: all that have it, and perhaps some others."""
    keys = set(entries[0].keys)
    for entry in entries[1:]:
        if len(keys) <= _ENOUGH or entry.held > _WORTH * len(keys):
            break
        keys &= entry.keys
    return keys
