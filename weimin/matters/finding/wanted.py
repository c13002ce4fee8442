"""What somebody looks for: words of texts, and what of the county's order is called so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Q

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import kinds_by_key
from weimin.county.models import Place
from weimin.county.queries import places_by_key, posts_of_those_called
from weimin.kernel import numbers
from weimin.kernel.words import Mistake
from weimin.language import searching
from weimin.language.searching import Word, words_of

from ..models import Matter

T = TypeVar("T", Kind, Place)


@dataclass(frozen=True)
class Wanted:
    """One word, and what is called so, by name, another name, sounds or initials: places, kinds, and the posts of
    officials, whose desks are meant."""

    word: Word
    places: frozenset[int]
    kinds: frozenset[int]
    owners: frozenset[int]

    @property
    def names_something(self) -> bool:
        return bool(self.places or self.kinds or self.owners)

    @property
    def called_so(self) -> Q:
        return Q(place__in=self.places) | Q(kind__in=self.kinds) | Q(owner__in=self.owners)

    def is_called_so(self, place: int, kind: int, owner: int | None) -> bool:
        return place in self.places or kind in self.kinds or owner in self.owners

    def is_in(self, texts: Iterable[str]) -> bool:
        return self.word.is_in("\n".join(texts))  # no word has a line break in it


def wanted(asked: str, *, now: datetime) -> list[Wanted]:
    """What somebody typed, word by word."""
    return [
        Wanted(
            word,
            places=frozenset(_called(places_by_key(), word)),
            kinds=frozenset(_called(kinds_by_key(), word)),
            owners=frozenset(_owners(word, now)),
        )
        for word in words_of(asked)
    ]


def excerpt(matter: Matter, words: Sequence[Wanted]) -> list[searching.Piece]:
    """Where the words stand in what was said; none if no words were asked for, or all stand in the title alone."""
    for text in (matter.text, matter.address) if words else ():
        if any(one.word.is_in(text) for one in words):
            return searching.excerpt(text, [one.word for one in words])
    return []


def number_in(asked: str) -> str:
    """The number of a matter, if somebody typed a whole one in any way of writing it; else nothing."""
    try:
        return str(numbers.parse(asked))
    except Mistake:
        return ""


def _owners(word: Word, now: datetime) -> list[int]:
    """A surname alone is half a county's."""
    return posts_of_those_called(word.folded, now=now) if len(word.folded) > 1 else []


def _called(rows: Mapping[int, T], word: Word) -> Iterator[int]:
    for key, row in rows.items():
        names = f"{row.name_zh} {row.aliases}" if isinstance(row, Place) else row.name_zh
        if word.is_in(names) or word.folded in row.pinyin:
            yield key
