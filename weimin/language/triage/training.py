"""Weights from labelled messages. The one part that needs scikit-learn; what serves never loads it.

Two linear judges are added: a support vector machine on tf-idf, and one for each class whose grams are first scaled by
how much likelier they are in it (NB-SVM: Wang and Manning 2012, https://aclanthology.org/P12-2018). A sum of linear
judges is linear, so the model keeps one weight a gram and class. Shares and threshold come from rows left out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from weimin.language.triage.likeness import joined, near
from weimin.language.triage.model import Floats, Model, View
from weimin.language.triage.trouble import TriageTrouble
from weimin.language.triage.words import VIEWS, Parts, two_parts

LEAST = 20
FOLDS = 5
# docs/decisions/0031-triage.md says how these were found.
# In how many messages a gram must stand. Most runs of signs stand in two by chance, and cost memory and time.
OFTEN = {"title": 2, "whole": 3, "title words": 2, "whole words": 2}
STRICTNESS = 0.3
SMOOTHING = 0.3
TOLERANCE = 0.1
# Asked of messages settled without a person is 97 of 100; the rest is for what rows left out do not show.
AUTO_ACCURACY = 0.974
# Fewer rows above a threshold prove nothing.
AUTO_LEAST = 50

Labels = np.ndarray
Folds = list[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Counted:
    """How often each gram of one view stands in each message: rows of messages, columns of grams."""

    name: str
    grams: list[str]
    counts: sparse.csr_matrix


def train(texts: Sequence[Parts], labels: Sequence[str], groups: Sequence[str] | None = None) -> Model:
    """A model of these messages; TriageTrouble TOO_FEW, ONE_CLASS, UNEQUAL or NO_WORDS.

    Messages of one group, and those that are nearly alike, never stand on both sides when shares are measured.
    """
    _refuse_the_useless(texts, labels, groups)
    named, classes = sorted(set(labels)), np.array(labels)
    pairs = [two_parts(parts) for parts in texts]
    alike = joined(near([f"{title} {rest}" for title, rest in pairs]), groups)
    counted = [_count(name, pairs) for name in VIEWS]
    if not any(view.grams for view in counted):
        raise TriageTrouble("NO_WORDS")
    left_out = _left_out(counted, classes, named, _folds(classes, alike))
    turn, offsets = _measured(left_out, classes, named)
    threshold = _threshold(left_out @ turn + offsets, classes, named)
    kept, rarities, columns = _weighed(counted, np.arange(len(texts)))
    weights, begin = _judge(kept, classes, named)
    views, at = [], 0
    for view, rarity, held in zip(counted, rarities, columns, strict=True):
        own = (weights[at : at + len(held)] @ turn).astype(np.float16)
        views.append(View(view.name, {view.grams[old]: new for new, old in enumerate(held)}, rarity, own))
        at += len(held)
    facts = {
        "messages": len(texts),
        "groups": len(set(alike)),
        "left out": _seen(left_out, turn, offsets, classes, named),
    }
    return Model(named, views, (begin @ turn + offsets).astype(np.float32), threshold, facts)


def _refuse_the_useless(texts: Sequence[Parts], labels: Sequence[str], groups: Sequence[str] | None) -> None:
    counts = [len(texts), len(labels), len(texts if groups is None else groups)]
    if len(set(counts)) > 1:
        raise TriageTrouble("UNEQUAL", counts=", ".join(map(str, counts)))
    if len(texts) < LEAST:
        raise TriageTrouble("TOO_FEW", count=len(texts), least=LEAST)
    if len(set(labels)) == 1:
        raise TriageTrouble("ONE_CLASS", label=labels[0])


def _count(name: str, pairs: Sequence[tuple[str, str]]) -> Counted:
    """The grams that stand in enough messages; what stands in one teaches nothing about another."""
    rows: dict[str, int] = {}
    ends: list[int] = [0]
    columns: list[int] = []
    values: list[int] = []
    for title, rest in pairs:
        counts = Counter(VIEWS[name](title, rest))
        columns.extend([rows.setdefault(gram, len(rows)) for gram in counts])
        values.extend(counts.values())
        ends.append(len(columns))
    matrix = sparse.csr_matrix(
        (np.array(values, np.float32), np.array(columns, np.int32), np.array(ends, np.int32)), (len(pairs), len(rows))
    )
    often = np.flatnonzero(np.bincount(matrix.indices, minlength=len(rows)) >= OFTEN[name])
    grams = list(rows)
    return Counted(name, [grams[at] for at in often], matrix[:, often])


def _weighed(
    counted: Sequence[Counted], train: np.ndarray, other: np.ndarray | None = None
) -> tuple[sparse.csr_matrix, list[Floats], list[np.ndarray]]:
    """tf-idf as the `train` rows give it, of the `other` rows (else of them); each view's rarities and columns."""
    blocks, rarities, columns = [], [], []
    for view in counted:
        inside = view.counts[train]
        standing = np.bincount(inside.indices, minlength=len(view.grams))
        held = np.flatnonzero(standing >= min(2, len(train)))
        rarity = (np.log((1 + len(train)) / (1 + standing[held])) + 1).astype(np.float32)
        block = (inside if other is None else view.counts[other])[:, held].copy()
        block.data = (1 + np.log(block.data)) * rarity[block.indices]
        # where no message has a title, or none that others share, a view is empty
        blocks.append(normalize(block, copy=False) if len(held) else block)
        rarities.append(rarity)
        columns.append(held)
    return sparse.hstack(blocks, format="csr"), rarities, columns


def _judge(weighed: sparse.csr_matrix, classes: Labels, named: Sequence[str]) -> tuple[Floats, Floats]:
    """Weights (grams, classes) and beginnings (classes,) of both judges together."""
    weights, begin = [], []
    for label in named:
        mine = classes == label
        plain = _machine(weighed, mine)
        likelier = _likelier(weighed, mine)
        scaled = weighed.copy()
        scaled.data *= likelier[scaled.indices]
        bayes = _machine(scaled, mine)
        weights.append(plain.coef_[0] + bayes.coef_[0] * likelier)
        begin.append(plain.intercept_[0] + bayes.intercept_[0])
    return np.stack(weights, axis=1), np.array(begin)


def _machine(weighed: sparse.csr_matrix, mine: np.ndarray) -> LinearSVC:
    return LinearSVC(C=STRICTNESS, tol=TOLERANCE, random_state=0).fit(weighed, mine)


def _likelier(weighed: sparse.csr_matrix, mine: np.ndarray) -> Floats:
    """The logarithm of how many times likelier each gram is inside the class than outside it."""
    inside, outside = (np.asarray(weighed[rows].sum(axis=0)).ravel() + SMOOTHING for rows in (mine, ~mine))
    return np.log((inside / inside.sum()) / (outside / outside.sum())).astype(np.float32)


def _folds(classes: Labels, alike: Sequence[int]) -> Folds:
    """Rows to train on and rows left out; groups whole, classes even as far as that allows."""
    folds = min(FOLDS, len(set(alike)))
    if folds < 2:
        return []
    divided = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    return [
        (train, other)
        for train, other in divided.split(np.zeros(len(classes)), classes, alike)
        if set(classes[train]) == set(classes)
    ]


def _left_out(counted: Sequence[Counted], classes: Labels, named: Sequence[str], folds: Folds) -> Floats:
    """Each message's sums by judges who have not seen it or its like (messages, classes); NaN where none could."""
    sums = np.full((len(classes), len(named)), np.nan)
    for train, other in folds:
        weights, begin = _judge(_weighed(counted, train)[0], classes[train], named)
        sums[other] = _weighed(counted, train, other)[0] @ weights + begin
    return sums


def _measured(sums: Floats, classes: Labels, named: Sequence[str]) -> tuple[Floats, Floats]:
    """By which matrix and offsets sums become the logarithms of shares: a logistic regression on rows left out."""
    known = ~np.isnan(sums).any(axis=1)
    if set(classes[known]) != set(named):
        return np.eye(len(named)), np.zeros(len(named))
    fitted = LogisticRegression(C=1.0, max_iter=500).fit(sums[known], classes[known])
    if len(named) == 2:
        # one row of numbers, for the second class against the first
        return np.column_stack([0 * fitted.coef_[0], fitted.coef_[0]]), np.array([0.0, fitted.intercept_[0]])
    return fitted.coef_.T, fitted.intercept_


def _sure(logs: Floats, classes: Labels, named: Sequence[str]) -> tuple[Floats, np.ndarray]:
    """How sure each known row's guess is, and whether it is right."""
    known = ~np.isnan(logs).any(axis=1)
    raised = np.exp(logs[known] - logs[known].max(axis=1, keepdims=True))
    right = np.array(named)[logs[known].argmax(axis=1)] == classes[known]
    return raised.max(axis=1) / raised.sum(axis=1), right


def _threshold(logs: Floats, classes: Labels, named: Sequence[str]) -> float:
    """The least confidence above which rows left out were right often enough; 2, which is never reached, if none is."""
    sure, right = _sure(logs, classes, named)
    order = np.argsort(-sure, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero((share >= AUTO_ACCURACY) & (np.arange(len(order)) >= AUTO_LEAST - 1))
    return float(sure[order[enough[-1]]]) if len(enough) else 2.0


def _seen(sums: Floats, turn: Floats, offsets: Floats, classes: Labels, named: Sequence[str]) -> dict[str, float]:
    sure, right = _sure(sums @ turn + offsets, classes, named)
    if not len(sure):
        return {}
    auto = sure >= _threshold(sums @ turn + offsets, classes, named)
    return {
        "accuracy": round(float(right.mean()), 4),
        "auto coverage": round(float(auto.mean()), 4),
        "auto accuracy": round(float(right[auto].mean()), 4) if auto.any() else 0.0,
    }
