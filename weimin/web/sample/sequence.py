"""A sequence that looks like chance and is the same on every machine: SHA-256 of a name and a counter."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")
_WHOLE = 1 << 64


class Course:
    """One course of decisions. What one course decides never shifts another: each has its own name."""

    def __init__(self, *names: object) -> None:
        self._name = "|".join(str(name) for name in names)
        self._count = 0

    def number(self, below: int) -> int:
        self._count += 1
        digest = sha256(f"{self._name}#{self._count}".encode()).digest()
        return int.from_bytes(digest[:8], "big") * below // _WHOLE

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + self.number(high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        return options[self.number(len(options))]

    def happens(self, percent: float) -> bool:
        return self.number(10_000) < percent * 100

    def weighed(self, options: Mapping[T, float]) -> T:
        """One of the options, by weight."""
        total = sum(options.values())
        mark = self.number(1_000_000) * total / 1_000_000
        for option, weight in options.items():
            mark -= weight
            if mark < 0:
                return option
        return list(options)[-1]

    def delay(self, median: float, longest: float) -> float:
        """Days with a long tail: half below the median, few near the longest."""
        share = (self.number(10_000) + 0.5) / 10_000
        return min(median * (share / (1 - share)) ** 0.6, longest)
