"""What the members of a gathering have in common, and who of them has too little of it.

A complaint copied for another place stands near the one it was copied from, and one name in it tells them apart:
whoever holds little of what half of the members hold does not belong to their event.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from weimin.language.events.gathering import Gathering
from weimin.language.events.nearness import likeness
from weimin.language.events.weighing import Rows

# Of what a middling member holds of the core, this much is asked of each. Two members have no core.
HELD, LEAST = 0.3, 3


def strangers(members: Sequence[int], *spaces: Rows) -> set[int]:
    """The members that hold too little of the core of one of these."""
    if len(members) < LEAST:
        return set()
    few: set[int] = set()
    for rows in spaces:
        held = _held(members, rows)
        middling = np.sort(held)[len(held) // 2]
        few |= {member for member, much in zip(members, held, strict=True) if much < HELD * middling}
    return few


def agreement(members: Sequence[int], names: Rows) -> float:
    """How alike the mean pair of these is in what it names: 0 to 1."""
    whole = Gathering.of(members, names, names).names
    return (likeness(whole, whole) - len(members)) / (len(members) * (len(members) - 1))


def _held(members: Sequence[int], rows: Rows) -> NDArray[np.float64]:
    """How much of the core each holds: the terms that half of them hold, as weighty as these together have them."""
    parts = [rows.row(member) for member in members]
    terms, at = np.unique(np.concatenate([part[0] for part in parts]), return_inverse=True)
    weights = np.concatenate([part[1] for part in parts])
    core = np.bincount(at, weights, len(terms)) * (2 * np.bincount(at, minlength=len(terms)) >= len(members))
    whose = np.repeat(np.arange(len(members)), [len(part[0]) for part in parts])
    return np.bincount(whose, weights * core[at], len(members)).astype(np.float64)
