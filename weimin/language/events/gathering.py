"""Messages gathered, the nearest first, as long as the mean pair of two gatherings is near enough.

The mean of all pairs (UPGMA: Sokal and Michener 1958) and not the nearest pair, so that no chain of likenesses leads
from one event to another. A gathering keeps the sums of its rows; the mean pair of two is the product of their sums.
"""

import heapq
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from weimin.language.events.nearness import Laid, Pair, nearness
from weimin.language.events.weighing import Row, Rows


class Gathering:
    """Some messages, the sums of their rows and of their days, and the gatherings they may yet be joined with."""

    def __init__(self, message: int, names: Row, topics: Row, day: float) -> None:
        self.messages = [message]
        self.names, self.topics, self.days = names, topics, day
        self.neighbours: set[int] = set()

    @classmethod
    def of(cls, members: Sequence[int], names: Rows, topics: Rows) -> "Gathering":
        """All of them at once, as if they had been joined one by one; when they were sent does not matter."""
        whole = cls(members[0], _sum(*map(names.row, members)), _sum(*map(topics.row, members)), 0.0)
        whole.messages = list(members)
        return whole

    def day(self) -> float:
        """The mean of their days."""
        return self.days / len(self.messages)

    def take(self, other: "Gathering") -> None:
        self.messages += other.messages
        self.names, self.topics = _sum(self.names, other.names), _sum(self.topics, other.topics)
        self.days += other.days
        self.neighbours |= other.neighbours


def gather(names: Rows, topics: Rows, days: NDArray[np.float64], pairs: Sequence[Pair]) -> list[Gathering]:
    """Gatherings of two messages and more; the same for the same rows."""
    alive: dict[int, Gathering] = {}
    for pair in pairs:
        for one, other in ((pair.early, pair.late), (pair.late, pair.early)):
            if one not in alive:
                alive[one] = Gathering(one, names.row(one), topics.row(one), float(days[one]))
            alive[one].neighbours.add(other)
    # a number names a gathering once only: what is joined gets the next, so that an old likeness is known as old
    waiting = [(-pair.near, pair.early, pair.late) for pair in pairs if pair.near >= 1]
    heapq.heapify(waiting)
    following, laid = len(days), Laid()
    while waiting:
        _near, one, other = heapq.heappop(waiting)
        if one in alive and other in alive:
            for number, near in _joined(alive, one, other, following, laid):
                heapq.heappush(waiting, (-near, number, following))
            following += 1
    return [one for one in alive.values() if len(one.messages) > 1]


def _joined(alive: dict[int, Gathering], one: int, other: int, joined: int, laid: Laid) -> Iterator[tuple[int, float]]:
    """Makes one of two; which of its neighbours it is now near enough to be joined with, and how near."""
    whole, part = alive.pop(one), alive.pop(other)
    whole.take(part)
    whole.neighbours -= {one, other}
    alive[joined] = whole
    numbers = sorted(whole.neighbours)
    around = [alive[number] for number in numbers]
    for neighbour in around:
        neighbour.neighbours -= {one, other}
        neighbour.neighbours.add(joined)
    named = laid.against(whole.names, (neighbour.names for neighbour in around))
    about = laid.against(whole.topics, (neighbour.topics for neighbour in around))
    for number, neighbour, name, topic in zip(numbers, around, named, about, strict=True):
        pairs = len(whole.messages) * len(neighbour.messages)
        near = nearness(name / pairs, topic / pairs, whole.day() - neighbour.day())
        if near >= 1:
            yield number, near


def _sum(*rows: Row) -> Row:
    terms, at = np.unique(np.concatenate([row[0] for row in rows]), return_inverse=True)
    sums = np.bincount(at, np.concatenate([row[1] for row in rows]), len(terms))
    return terms, sums.astype(np.float64)
