"""Two rows of numbers for each message: what it names, where the rare counts most, and what it is about, where every
word that is neither rare nor everywhere counts alike.

Two messages are about one event if they agree in both: neighbours complain of many things, and one complaint is copied
from place to place with another name in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weimin.language.events.reading import IN_REST, IN_TITLE, Terms, counts

Floats = NDArray[np.float32]
Row = tuple[NDArray[np.int64], NDArray[np.float64]]

# The weightiest terms of a message; more of them would only cost.
MOST = 64
# A title is written to say it in one line, and weighs this much of the rest.
TITLE = 1.5
# A name stands in the titles of two messages at least; a topic's word in this many messages, in at most that share.
NAMED, KNOWN, EVERYWHERE = 2, 20, 0.3


@dataclass(frozen=True)
class Rows:
    """For each message its terms by number and their weights, of length 1 together; none if nothing is left of it."""

    starts: NDArray[np.int64]
    terms: NDArray[np.int32]
    weights: Floats

    def row(self, at: int) -> Row:
        here = slice(self.starts[at], self.starts[at + 1])
        return self.terms[here].astype(np.int64), self.weights[here].astype(np.float64)


def names(read: Sequence[Terms]) -> tuple[Rows, NDArray[np.int32]]:
    """Rows of what is named, and in how many messages each term stands. What no two titles hold names nothing."""
    standing = counts(read, IN_TITLE | IN_REST)
    rarity = np.log(max(len(read), 1) / np.maximum(standing, 1)) ** 2
    rarity[counts(read, IN_TITLE) < NAMED] = 0
    return _rows(read, rarity.astype(np.float32)), standing


def subjects(read: Sequence[Terms]) -> Rows:
    """Rows of what is spoken about. On a small board words are known sooner."""
    standing = counts(read, IN_TITLE | IN_REST)
    known = min(KNOWN, max(2, len(read) // 50))
    return _rows(read, ((standing >= known) & (standing <= EVERYWHERE * len(read))).astype(np.float32))


def _rows(read: Sequence[Terms], worth: Floats) -> Rows:
    starts, terms, weights = [0], [], []
    for one in read:
        weighed = _weighed(one, worth)
        held = np.flatnonzero(weighed)
        if len(held) > MOST:
            # of equals the lower number, so that the choice is the same every time
            held = np.sort(held[np.argsort(-weighed[held], kind="stable")[:MOST]])
        length = np.sqrt((weighed[held] ** 2).sum()) or 1
        terms.append(one.numbers[held].astype(np.int32))
        weights.append((weighed[held] / length).astype(np.float32))
        starts.append(starts[-1] + len(held))
    none = [np.zeros(0)]
    return Rows(
        np.array(starts),
        np.concatenate(terms or none).astype(np.int32, copy=False),
        np.concatenate(weights or none).astype(np.float32, copy=False),
    )


def _weighed(one: Terms, worth: Floats) -> Floats:
    weighed = np.zeros(len(one.numbers), np.float32)
    for where, share in ((IN_TITLE, TITLE), (IN_REST, 1.0)):
        here = worth[one.numbers] * (one.where & where > 0)
        length = np.sqrt((here**2).sum())
        if length:
            weighed += share * here / length
    return weighed
