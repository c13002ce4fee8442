"""How good guesses are, with the error that chance alone gives each figure."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from weimin.language.triage.model import Guess

BINS = 15
AIMS = (0.95, 0.97, 0.99)
# Enough for two digits of a standard error.
DRAWS = 200


def scores(guesses: Sequence[Guess], labels: Sequence[str]) -> dict[str, Any]:
    """All figures from 0 to 1, each `value` beside its `error` (one standard error); of classes without, plain.

    Coverage at an accuracy is the largest share of messages, the surest first, that are right as often as that.
    """
    named = sorted({*labels, *(guess.label for guess in guesses)})
    truth = np.array([named.index(label) for label in labels])
    told = np.array([named.index(guess.label) for guess in guesses])
    sure = np.array([guess.confidence for guess in guesses])
    auto = np.array([guess.auto for guess in guesses])
    right = told == truth
    return {
        "messages": len(labels),
        "accuracy": _share(right),
        "macro_f1": {"value": _macro(truth, told, len(named)), "error": _macro_error(truth, told, len(named))},
        "calibration_error": {"value": calibration_error(sure, right)},
        "coverage_at": {f"{aim:.2f}": covered(sure, right, aim) for aim in AIMS},
        "auto": {"coverage": _share(auto), "accuracy": _share(right[auto])},
        "classes": {label: _class(truth == at, told == at) for at, label in enumerate(named)},
    }


def calibration_error(sure: np.ndarray, right: np.ndarray) -> float:
    """Mean distance between confidence and accuracy over BINS equally wide bins, weighted by their messages."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(sum(abs((sure[bins == at] - right[bins == at]).sum()) for at in range(BINS)) / len(sure))


def covered(sure: np.ndarray, right: np.ndarray, aim: float) -> float:
    order = np.argsort(-sure, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= aim)
    return float((enough[-1] + 1) / len(order)) if len(enough) else 0.0


def _share(hits: np.ndarray) -> dict[str, float | None]:
    """A share and its error; of nothing, neither."""
    if not len(hits):
        return {"value": None, "error": None}
    value = float(hits.mean())
    return {"value": value, "error": float(np.sqrt(value * (1 - value) / len(hits)))}


def _class(is_so: np.ndarray, said: np.ndarray) -> dict[str, float]:
    both = int((is_so & said).sum())
    return {
        "precision": both / int(said.sum()) if said.any() else 0.0,
        "recall": both / int(is_so.sum()) if is_so.any() else 0.0,
        "f1": 2 * both / int(is_so.sum() + said.sum()),
        "support": int(is_so.sum()),
    }


def _macro(truth: np.ndarray, told: np.ndarray, classes: int) -> float:
    """The mean F1 of the classes that occur in what was said or is so."""
    both = np.bincount(truth[truth == told], minlength=classes)
    total = np.bincount(truth, minlength=classes) + np.bincount(told, minlength=classes)
    return float((2 * both[total > 0] / total[total > 0]).mean())


def _macro_error(truth: np.ndarray, told: np.ndarray, classes: int) -> float:
    """By drawing the messages again with replacement (bootstrap), the same draws at every run."""
    chance = np.random.default_rng(0)
    drawn = [chance.integers(0, len(truth), len(truth)) for _draw in range(DRAWS)]
    return float(np.std([_macro(truth[rows], told[rows], classes) for rows in drawn]))
