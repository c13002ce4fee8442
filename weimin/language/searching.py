"""Words by which a text is found, written or asked for in any way: Chinese has no spaces to cut it by.

Every two neighbouring letters or digits of a run are a term, and its last sign is one. So every word of two signs is
found by one term, a longer one by all its pairs, and a single sign by whatever begins with it. A text that has all the
terms of a word need not have the word: whoever looks up terms asks `Word.is_in` of what comes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise

from .folding import fold

MOST_WORDS = 6
_WIDTH = 16  # bits of a sign in a term; signs beyond the basic plane share them, which only brings more to look at
_LOW = (1 << _WIDTH) - 1
# Letters and digits, and all beyond the basic plane: rare characters, and pictures as people send them.
_LETTERS = re.compile("(?:[^\\W_]|[\U00010000-\U0010ffff])+")


def term(first: str, second: str = "") -> int:
    """Both signs as one number, ordered by the first; without a second, the least that begins with the first."""
    return (ord(first) & _LOW) << _WIDTH | (ord(second) & _LOW if second else 0)


def terms_of(*texts: str) -> set[int]:
    """All terms of these texts; none goes across from one to the next."""
    found: set[int] = set()
    for text in texts:
        for run in _LETTERS.findall(fold(text)):
            signs = [ord(sign) & _LOW for sign in run]
            found.update([one << _WIDTH | two for one, two in pairwise(signs)])
            found.add(signs[-1] << _WIDTH)
    return found


@dataclass(frozen=True)
class Word:
    """One word somebody looks for, as it is compared."""

    folded: str

    @property
    def pairs(self) -> set[int]:
        """Terms that every text with this word has."""
        return {term(one, two) for run in _LETTERS.findall(self.folded) for one, two in pairwise(run)}

    @property
    def beginning(self) -> range | None:
        """For a single sign: a text with it has one of these terms. None for a word that has no letters at all."""
        first = _LETTERS.search(self.folded)
        return range(term(first[0][0]), term(first[0][0]) + _LOW + 1) if first else None

    def is_in(self, text: str) -> bool:
        return self.folded in text or self.folded in fold(text)


def words_of(asked: str) -> list[Word]:
    """The words somebody typed with spaces between, each once; all of them are to be found."""
    return [Word(word) for word in dict.fromkeys(fold(asked).split())][:MOST_WORDS]


Piece = tuple[str, bool]  # some of the text, and whether it is what was looked for


def excerpt(text: str, words: Sequence[Word], *, before: int = 20, length: int = 100) -> list[Piece]:
    """About so many signs of the text around the first word that is in it, cut where words begin and end."""
    folded = fold(text)
    places = sorted(_places(folded, words))
    start = max(0, places[0][0] - before) if places else 0
    end = start + length
    marked = bytearray(len(folded))
    for first, last in places:
        marked[first:last] = b"\1" * (last - first)
    shown = [
        ("".join(sign for sign, _is_hit in signs), bool(is_hit))
        for is_hit, signs in groupby(zip(text[start:end], marked[start:end], strict=True), key=lambda pair: pair[1])
    ]
    cut = [("…", False)]
    return [*(cut if start else []), *shown, *(cut if end < len(text) else [])]


def _places(folded: str, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    return chain.from_iterable(_places_of(folded, word.folded) for word in words)


def _places_of(folded: str, word: str) -> Iterator[tuple[int, int]]:
    at = folded.find(word)
    while at >= 0:
        yield at, at + len(word)
        at = folded.find(word, at + len(word))
