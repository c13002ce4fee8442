"""The first matters of a list that have every word: exactly those, in the order of the list.

The index says which matters may have a word; their texts say which have it. Who may see what is part of every question:
it is `found`, as the reader's own list would be. How many have a word is never told, only used:

- few have it: they are asked for by their keys;
- one in five has it: the first texts of the list are looked into, and the page is full;
- in between: the list is walked by its keys alone, and only what the index knows is looked into.

So no word makes the database sort what it need not, and nothing depends on what its planner believes about a word.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from django.db.models import Q, QuerySet

from ..models import Matter, Unread
from .index import entries_of, keys_in, matters_read
from .wanted import Wanted

FEW = 1000  # keys that are asked for as such
_OFTEN = 5  # one in so many has it
_LOOKED_INTO = 300  # texts, before the index is asked for all that have a frequent word
_WALKED, _THEN = 2000, 8  # keys of the list that are read at first, and how many times more after that

Order = Sequence[str]


def first_of(found: QuerySet[Matter], words: Sequence[Wanted], *, order: Order, most: int) -> list[Matter]:
    """At most so many of these matters, with their texts. Without words it is the beginning of the list."""
    if not words:
        return list(found.order_by(*order)[:most])
    found = found.defer(None)
    # before the index: what is read into it meanwhile is then in both
    unread = set(Unread.objects.values_list("pk", flat=True))
    entries = [entries_of(one.word) for one in words]
    rarest = min((of_word[0].held for of_word in entries if of_word), default=None)
    if rarest is None or rarest * _OFTEN > matters_read():
        rows = list(found.order_by(*order)[:_LOOKED_INTO])
        hits = [matter for matter in rows if _fits(matter, words)]
        if len(hits) >= most or len(rows) < _LOOKED_INTO:
            return hits[:most]
    known = [(one, keys_in(of_word) | unread if of_word else None) for one, of_word in zip(words, entries, strict=True)]
    return list(islice(_walk(found, known, order, most), most))


def _walk(
    found: QuerySet[Matter], known: Sequence[tuple[Wanted, set[int] | None]], order: Order, most: int
) -> Iterator[Matter]:
    """All that have the words, in the order of the list. Rows are read whole only where the index has every word."""
    few = Q()
    for one, keys in known:
        if keys is not None and len(keys) <= FEW:
            few &= Q(pk__in=keys) | one.called_so
    listed = found.filter(few).order_by(*order).values_list("pk", "place_id", "kind_id", "owner_id")
    start, end = 0, _WALKED
    while rows := list(listed[start:end]):
        likely = [
            key
            for key, *called in rows
            if all(keys is None or key in keys or one.is_called_so(*called) for one, keys in known)
        ]
        yield from _looked_into(found, likely, [one for one, _keys in known], most)
        if len(rows) < end - start:
            return
        start, end = end, end * _THEN


def _looked_into(
    found: QuerySet[Matter], likely: Sequence[int], words: Sequence[Wanted], most: int
) -> Iterator[Matter]:
    for start in range(0, len(likely), most):
        keys = likely[start : start + most]
        rows = {matter.pk: matter for matter in found.filter(pk__in=keys)}
        yield from (rows[key] for key in keys if key in rows and _fits(rows[key], words))


def _fits(matter: Matter, words: Sequence[Wanted]) -> bool:
    return all(one.fits(matter) for one in words)
