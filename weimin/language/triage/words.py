"""What of a message is looked at: its words and every run of one to four signs; those of its title once more."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from operator import add

import rjieba

from weimin.language.folding import fold

# A longer message says early what it is about; and a page of a million signs takes no longer than a long letter.
SIGNS_READ = 3000
# Before folding: white space and signs that become several are paid for out of what is above.
SIGNS_TAKEN = 4 * SIGNS_READ
# Places that a publisher has put letters for (A市, A3区, 西地省): one mark, so that nobody learns a county's luck.
CODED_PLACE = re.compile("[a-z][0-9]*(?:市|区|县)|西地省")
_PLACE = " 地 "
# Halves of characters, which a broken sender leaves, are no text that a word could be cut from.
HALVES = re.compile("[\ud800-\udfff]")

Parts = Sequence[str]
Grams = list[str]


def normal(text: str) -> str:
    """The text as it is compared: folded, on one line, at most SIGNS_READ signs."""
    taken = HALVES.sub(" ", text.lstrip()[:SIGNS_TAKEN])
    text = fold(unicodedata.normalize("NFKC", taken))
    return " ".join(CODED_PLACE.sub(_PLACE, text).split())[:SIGNS_READ]


def runs(text: str, longest: int) -> Grams:
    """Every run of one to `longest` signs, as often as it stands there."""
    last = list(text)
    found = last.copy()
    for size in range(1, longest):
        last = list(map(add, last, text[size:]))
        found += last
    return found


def words(text: str) -> Grams:
    return [word for word in rjieba.cut(text) if word != " "]


def _title(title: str, _rest: str) -> Grams:
    return runs(title, 3)


def _whole(title: str, rest: str) -> Grams:
    return runs(f"{title} {rest}".strip(), 4)


def _title_words(title: str, _rest: str) -> Grams:
    return words(title)


def _whole_words(title: str, rest: str) -> Grams:
    return words(title) + words(rest)


# Each weighs as much as the other, however many grams it holds. A model names those it was trained with.
VIEWS: dict[str, Callable[[str, str], Grams]] = {
    "title": _title,
    "whole": _whole,
    "title words": _title_words,
    "whole words": _whole_words,
}


def two_parts(parts: Parts) -> tuple[str, str]:
    """The title and the rest, both as they are compared; of a message with one part, it stands for both."""
    first, *others = parts if parts else ("",)
    rest = "\n".join(others)
    return normal(first), normal(rest)
