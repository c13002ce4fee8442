"""Which messages say nearly the same, so that none of them is asked about a model trained on the other."""

import zlib
from collections.abc import Sequence

# A message is known by the least digests of its runs of signs (bottom-k sketch, Broder 1997); equal halves mean near.
SKETCH, RUN, NEAR = 48, 6, 0.5
# Two that are near share one of these with a chance of more than 99 in 100.
KEYS = 8


def near(texts: Sequence[str]) -> list[int]:
    """For each text the number of its group, which is the first of those near it."""
    sketches = [_sketch(text) for text in texts]
    parents = list(range(len(texts)))
    first: dict[int, list[int]] = {}
    for row, sketch in enumerate(sketches):
        for key in sketch[:KEYS]:
            others = first.setdefault(key, [])
            for other in others:
                if _find(parents, other) != _find(parents, row) and _alike(sketches[other], sketch):
                    parents[_find(parents, row)] = _find(parents, other)
            # a run that stands everywhere (您好) would compare all with all
            if len(others) < 50:
                others.append(row)
    return [_find(parents, row) for row in range(len(texts))]


def joined(alike: Sequence[int], groups: Sequence[str] | None) -> list[int]:
    """Groups of both kinds made one: whoever shares either with another stands with it."""
    parents = list(range(len(alike)))
    first: dict[object, int] = {}
    for row, mine in enumerate(alike):
        for key in (mine, str(groups[row])) if groups is not None else (mine,):
            parents[_find(parents, row)] = _find(parents, first.setdefault(key, row))
    return [_find(parents, row) for row in range(len(alike))]


def _sketch(text: str) -> list[int]:
    runs = {text[at : at + RUN] for at in range(max(len(text) - RUN + 1, 1))}
    return sorted(zlib.crc32(run.encode()) for run in runs)[:SKETCH]


def _alike(one: Sequence[int], other: Sequence[int]) -> bool:
    union = sorted({*one, *other})[:SKETCH]
    return len({*one} & {*other} & {*union}) >= NEAR * len(union)


def _find(parents: list[int], row: int) -> int:
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row
