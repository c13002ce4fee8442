"""Who may belong together: for each message the few before it that name the same and speak of the same.

Of each name only the last messages before are looked at: one message more costs the same however many there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weimin.language.events.reading import NUMBERS
from weimin.language.events.weighing import Row, Rows

# How alike the mean pair of two gatherings must be for them to be about one event (docs/hot-issues.md).
NAME_ALIKE, TOPIC_ALIKE = 0.11, 0.22
# Days after which likeness counts half.
HALF = 730.0
# Pairs that are less than this share of near are never compared again.
WORTH = 0.5
LOOKED_AT, KEPT = 50, 12
# What stands in more messages than this leads nowhere: a share, and at least so many.
LEADS, LEADS_LEAST = 0.03, 50


@dataclass(frozen=True)
class Pair:
    early: int
    late: int
    near: float


def nearness(names: float, topics: float, days: float) -> float:
    """1 and more: about one event. Agreement in one never makes up for disagreement in the other."""
    return min(names / NAME_ALIKE, topics / TOPIC_ALIKE) * 0.5 ** (abs(days) / HALF)


def likeness(one: Row, other: Row) -> float:
    """The sum of products of what both hold; of two messages, the cosine."""
    (small, weights), (large, more) = (one, other) if len(one[0]) <= len(other[0]) else (other, one)
    if not len(small):
        return 0.0
    at = np.minimum(np.searchsorted(large, small), len(large) - 1)
    both = large[at] == small
    return float(weights[both] @ more[at[both]])


class Laid:
    """One row laid out at full length, so that many are held against it without a search for each."""

    def __init__(self) -> None:
        self._at = np.zeros(NUMBERS)

    def against(self, one: Row, others: Iterable[Row]) -> list[float]:
        terms, weights = one
        self._at[terms] = weights
        found = [float(self._at[terms] @ weights) for terms, weights in others]
        self._at[one[0]] = 0
        return found


def neighbours(names: Rows, topics: Rows, standing: NDArray[np.int32], days: NDArray[np.float64]) -> list[Pair]:
    """Pairs worth comparing, messages numbered by time: each with at most KEPT before it."""
    found, laid = [], Laid()
    postings = _Postings(names, standing, max(LEADS_LEAST, LEADS * len(days)))
    for late in range(len(days)):
        before = postings.before(late)
        if not before:
            continue
        named = laid.against(names.row(late), map(names.row, before))
        about = laid.against(topics.row(late), map(topics.row, before))
        near = [
            Pair(early, late, nearness(name, topic, days[late] - days[early]))
            for early, name, topic in zip(before, named, about, strict=True)
        ]
        found += sorted((pair for pair in near if pair.near >= WORTH), key=lambda pair: (-pair.near, pair.early))[:KEPT]
    return found


class _Postings:
    """In which messages each name stands, by time."""

    def __init__(self, names: Rows, standing: NDArray[np.int32], most: float) -> None:
        self.names, self.sums = names, np.zeros(len(names.starts))
        self.leads = (standing[names.terms] <= most) & (standing[names.terms] > 1)
        order = np.argsort(names.terms, kind="stable").astype(np.int32)
        self.messages = np.repeat(np.arange(len(names.starts) - 1, dtype=np.int32), np.diff(names.starts))[order]
        self.weights = names.weights[order]
        # where each entry stands among those of its name, and where that name begins
        self.at = np.empty(len(order), np.int32)
        self.at[order] = np.arange(len(order), dtype=np.int32)
        sorted_terms = names.terms[order]
        self.first = np.searchsorted(sorted_terms, names.terms).astype(np.int32)

    def before(self, late: int) -> list[int]:
        """Those before it that share most of what it names."""
        here = np.arange(self.names.starts[late], self.names.starts[late + 1])
        here = here[self.leads[here]]
        slices = [slice(max(self.first[at], self.at[at] - LOOKED_AT), self.at[at]) for at in here]
        if not slices:
            return []
        others = np.concatenate([self.messages[part] for part in slices])
        shares = [self.weights[part] * self.names.weights[at] for part, at in zip(slices, here, strict=True)]
        np.add.at(self.sums, others, np.concatenate(shares))
        enough = np.unique(others[self.sums[others] >= WORTH * NAME_ALIKE])
        best = enough[np.argsort(-self.sums[enough], kind="stable")[: 2 * KEPT]]
        self.sums[others] = 0
        return best.tolist()
