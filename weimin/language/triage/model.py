"""A trained triage: kept in one file without code, and its guesses.

A message is a row of weighted counts; a class has one weight for each; the sums become shares that were measured on
messages the weights had not seen. Nothing here needs what training needed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weimin.language.triage.spoken import spans
from weimin.language.triage.words import VIEWS, Parts, two_parts

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class View:
    """What one way of looking knows: its grams, each one's rarity, and each one's weight for each class."""

    name: str
    rows: dict[str, int]
    rarity: Floats
    """float32 (grams,): the logarithm of how rare a gram is among the trained messages, from 1."""
    weights: Floats
    """float16 (grams, classes)"""

    def seen(self, title: str, rest: str) -> tuple[NDArray[np.intp], Floats]:
        """The known grams of a message and what each weighs in it; the squares of all weights make 1."""
        counts = Counter(map(self.rows.get, VIEWS[self.name](title, rest)))
        counts.pop(None, None)
        rows = np.fromiter(counts.keys(), np.intp, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.rarity[rows]
        return rows, values / (np.sqrt(values @ values) or 1)


@dataclass(frozen=True, slots=True)
class Guess:
    label: str
    confidence: float
    """The measured share of messages as sure as this that bore this label: 0 to 1."""
    top: list[tuple[str, float]]
    """Up to three labels, the likeliest first, with their shares."""
    auto: bool
    """Sure enough to be settled without a person, by the threshold found in training."""


@dataclass(frozen=True)
class Model:
    labels: list[str]
    views: list[View]
    offsets: Floats
    """float32 (classes,): what each class has before a word is read."""
    threshold: float
    """The confidence from which a guess is `auto`; above 1 where training found none to trust."""
    training: dict[str, Any]
    """How it was made: rows, groups, and what was measured on rows left out."""

    def shares(self, parts: Parts) -> Floats:
        """The share of each class, in the order of `labels`; together 1."""
        title, rest = two_parts(parts)
        sums = self.offsets.astype(np.float32)
        for view in self.views:
            rows, values = view.seen(title, rest)
            sums += values @ view.weights[rows].astype(np.float32)
        raised = np.exp(sums - sums.max())
        return raised / raised.sum()

    def guess(self, parts: Parts) -> Guess:
        """What the message is about; one without words gets what is commonest, and is never `auto`."""
        shares = self.shares(parts)
        best = np.argsort(-shares, kind="stable")[:3]
        top = [(self.labels[at], float(shares[at])) for at in best]
        label, confidence = top[0]
        return Guess(label, confidence, top, auto=confidence >= self.threshold and any(map(str.strip, parts)))

    def spoke_for(self, parts: Sequence[str], label: str, most: int = 5) -> list[str]:
        """The words of the message that spoke most for the label against the others, the weightiest first."""
        title, rest = two_parts(parts)
        at = self.labels.index(label)
        said: Counter[str] = Counter()
        for view in self.views:
            rows, values = view.seen(title, rest)
            weights = view.weights[rows].astype(np.float32)
            against = (weights.sum(axis=1) - weights[:, at]) / max(len(self.labels) - 1, 1)
            spoken = dict(zip(rows.tolist(), (values * (weights[:, at] - against)).tolist(), strict=True))
            for gram in set(VIEWS[view.name](title, rest)):
                said[gram] += spoken.get(view.rows.get(gram, -1), 0.0)
        return spans(f"{title} {rest}", said, most)
