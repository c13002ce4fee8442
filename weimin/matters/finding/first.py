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
from .index import PutTogether, entries_of, keys_in
from .wanted import Wanted

FEW = 1000  # keys that are asked for as such
_OFTEN = 5  # one in so many has it
_LOOKED_INTO = 300  # texts, before the index is asked for all that have a frequent word
_WALKED, _THEN = 2000, 8  # keys of the list that are read at first, and how many times more after that

Order = Sequence[str]
Known = Sequence[tuple[Wanted, set[int] | None]]  # a word, and which matters may have it, if the index can tell
_CALLED = ("place_id", "kind_id", "owner_id")
_TEXTS = ("title", "text", "address", "number")


def first_of(found: QuerySet[Matter], words: Sequence[Wanted], *, order: Order, most: int) -> list[Matter]:
    """At most so many of these matters, with their texts. Without words it is the beginning of the list."""
    if not words:
        return list(found.order_by(*order)[:most])
    found = _with_texts(found).order_by(*order)
    while True:
        try:
            return _first_with(found, words, most)
        except PutTogether:
            continue


def _first_with(found: QuerySet[Matter], words: Sequence[Wanted], most: int) -> list[Matter]:
    # before the index: what is read into it meanwhile is then in both
    unread = set(Unread.objects.values_list("pk", flat=True))
    entries, read = entries_of([one.word for one in words])
    rarest = min((of_word[0].held for of_word in entries if of_word), default=None)
    if rarest is None or rarest * _OFTEN > read:
        enough = most * read * 5 // (rarest * 4) if rarest else _LOOKED_INTO
        hits, is_all = _at_the_beginning(found, words, most, enough)
        if is_all:
            return list(_whole(found, hits))
    known = [(one, keys_in(of_word) | unread if of_word else None) for one, of_word in zip(words, entries, strict=True)]
    few = Q()
    for one, keys in known:
        if keys is not None and len(keys) <= FEW:
            few &= Q(pk__in=keys) | one.called_so
    hits_of = _by_key(found.filter(few), words, most) if few else _walk(found, known, most)
    return list(islice(hits_of, most))


def _with_texts(found: QuerySet[Matter]) -> QuerySet[Matter]:
    """What the caller's list loads, and the texts besides, which lists leave out."""
    names, are_left_out = found.query.deferred_loading
    if are_left_out:
        return found.defer(None).defer(*(set(names) - set(_TEXTS)))
    return found.only(*names, *_TEXTS)


def _at_the_beginning(
    found: QuerySet[Matter], words: Sequence[Wanted], most: int, enough: int
) -> tuple[list[int], bool]:
    """Keys of those among the first texts of the list, and whether they fill the page or are all there are.

    So many texts should be enough, if the word is as frequent there as elsewhere; then some more are looked into.
    """
    listed, hits, start = found.values_list("pk", *_CALLED, *_TEXTS), list[int](), 0
    for end in (min(enough, _LOOKED_INTO), _LOOKED_INTO):
        rows = list(listed[start:end])
        hits += [key for key, place, kind, owner, *texts in rows if _have(words, (place, kind, owner), texts)]
        if len(hits) >= most or len(rows) < end - start:
            return hits[:most], True
        start = end
    return hits, False


def _by_key(found: QuerySet[Matter], words: Sequence[Wanted], most: int) -> Iterator[Matter]:
    """Those of a few that have the words: nearly all of them."""
    start, end = 0, most
    while rows := list(found[start:end]):
        yield from (matter for matter in rows if _fits(matter, words))
        if len(rows) < end - start:
            return
        start, end = end, end * _THEN


def _walk(found: QuerySet[Matter], known: Known, most: int) -> Iterator[Matter]:
    """Those that have the words. The list is walked by keys; rows are read only where the index has every word."""
    words = [one for one, _keys in known]
    called = _CALLED if any(one.names_something for one in words) else ()
    listed, start, end = found.values_list("pk", *called), 0, _WALKED
    while rows := list(listed[start:end]):
        likely = [
            key
            for key, *of_it in rows
            if all(keys is None or key in keys or (of_it and one.is_called_so(*of_it)) for one, keys in known)
        ]
        for at in range(0, len(likely), most):
            yield from (matter for matter in _whole(found, likely[at : at + most]) if _fits(matter, words))
        if len(rows) < end - start:
            return
        start, end = end, end * _THEN


def _whole(found: QuerySet[Matter], keys: Sequence[int]) -> Iterator[Matter]:
    """The rows of these keys, in their order."""
    rows = {matter.pk: matter for matter in found.order_by().filter(pk__in=keys)}
    return (rows[key] for key in keys if key in rows)


def _fits(matter: Matter, words: Sequence[Wanted]) -> bool:
    texts = (matter.title, matter.text, matter.address, matter.number)
    return _have(words, (matter.place_id, matter.kind_id, matter.owner_id), texts)


def _have(words: Sequence[Wanted], called: tuple[int, int, int | None], texts: Sequence[str]) -> bool:
    """Whether each word stands in one of the texts, or is how the place, the kind or the owner is called."""
    return all(one.is_called_so(*called) or one.is_in(texts) for one in words)
