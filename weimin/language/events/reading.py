"""A message taken apart into terms, which are kept as numbers."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from weimin.language.folding import fold
from weimin.language.triage.words import HALVES, words

# Who and what a message is about is said early; long ones would drown short ones.
SIGNS_READ = 1000
SIGNS_TAKEN = 4 * SIGNS_READ
# Terms are kept as numbers below this. Two different terms share one so seldom that it does not show.
NUMBERS = 1 << 22
IN_TITLE, IN_REST = 1, 2
_BEYOND = 0xFFFF
# Multiplied and cut, so that neighbouring signs land far apart (Knuth, TAOCP 3, 6.4).
_SPREAD = np.uint64(2654435761)

Numbers = NDArray[np.uint32]


@dataclass(frozen=True)
class Terms:
    """Which terms a message holds, each once, by number; and whether in its title, in the rest or in both."""

    numbers: Numbers
    where: NDArray[np.uint8]


def plain(text: str) -> str:
    """The text as it is compared: folded, on one line, at most SIGNS_READ signs."""
    taken = HALVES.sub(" ", text.lstrip()[:SIGNS_TAKEN])
    return " ".join(fold(taken).split())[:SIGNS_READ]


def taken_apart(title: str, rest: str) -> tuple[Terms, Terms]:
    """What may be a name – every two letters side by side, and every word – and what may be a topic: the words."""
    words_of = _words(title), _words(rest)
    names = (np.union1d(_pairs(text), found) for text, found in zip((title, rest), words_of, strict=True))
    return _both(*names), _both(*words_of)


def _pairs(text: str) -> Numbers:
    signs = np.frombuffer(text.encode("utf-32-le"), "<u4").astype(np.uint64)
    letters = _letters()[np.minimum(signs, _BEYOND)]
    here = letters[:-1] & letters[1:]
    return _spread((signs[:-1][here] << np.uint64(21)) + signs[1:][here])


@cache
def _letters() -> NDArray[np.bool_]:
    """Of each sign of the basic plane whether it is a letter or a digit; beyond it are pictures."""
    return np.array([*(chr(number).isalnum() for number in range(_BEYOND)), False])


def _words(text: str) -> Numbers:
    """Words of two signs or more; one sign alone says too little."""
    found = [word for word in words(text) if len(word) > 1 and word[0].isalnum()]
    return _spread(np.array([zlib.crc32(word.encode()) for word in found], np.uint64))


def _spread(codes: NDArray[np.uint64]) -> Numbers:
    return np.unique((codes * _SPREAD >> np.uint64(16)) % np.uint64(NUMBERS)).astype(np.uint32)


def _both(title: Numbers, rest: Numbers) -> Terms:
    numbers = np.union1d(title, rest)
    where = np.zeros(len(numbers), np.uint8)
    where[np.searchsorted(numbers, title)] |= IN_TITLE
    where[np.searchsorted(numbers, rest)] |= IN_REST
    return Terms(numbers, where)


def counts(of: Sequence[Terms], where: int) -> NDArray[np.int32]:
    """In how many messages each term stands, there."""
    found = np.zeros(NUMBERS, np.int32)
    for terms in of:
        found[terms.numbers[terms.where & where > 0]] += 1
    return found
