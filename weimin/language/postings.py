"""Which texts have which terms, as bytes: rows small enough for a table, the rarest term one row away.

A row holds neighbouring terms, each with the numbers of its texts. Numbers stand as the steps between them, eight bytes
a step, and those bytes by their place: all the highest together, which are nothing, then the next. So deflate makes
little more than a byte of each, and what reads them is C of the standard library.
"""

import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, pairwise
from typing import TypeAlias

Numbers: TypeAlias = "array[int]"  # of texts, ascending

_ROOM = 1400  # steps of a row: about as many bytes, so that several rows fit on a page of the database
_SIZE = 8
_LEVEL = 6


def numbers(values: Iterable[int] = ()) -> Numbers:
    """Numbers of texts as they are kept here."""
    return array("q", values)


def rows_of(postings: Mapping[int, Numbers]) -> Iterator[tuple[int, int, bytes]]:
    """For each row its first term, how many numbers it holds, and its bytes. A frequent term has a row to itself."""
    row: list[int] = []
    held = 0
    for term in sorted(postings):
        more = len(postings[term]) + 2
        if row and held + more > _ROOM:
            yield _row(row, postings)
            row, held = [], 0
        row.append(term)
        held += more
    if row:
        yield _row(row, postings)


def _row(terms: list[int], postings: Mapping[int, Numbers]) -> tuple[int, int, bytes]:
    counts = [len(postings[term]) for term in terms]
    values = array("q", [len(terms), *_steps(terms), *counts])
    for term in terms:
        values.extend(_steps(postings[term]))
    return terms[0], sum(counts), pack(values)


def _steps(values: Iterable[int]) -> Iterator[int]:
    return (later - earlier for earlier, later in pairwise(_with_nothing_before(values)))


def _with_nothing_before(values: Iterable[int]) -> Iterator[int]:
    yield 0
    yield from values


def pack(values: Numbers) -> bytes:
    raw = values.tobytes()
    return zlib.compress(b"".join(raw[place::_SIZE] for place in range(_SIZE)), _LEVEL)


def unpack(packed: bytes) -> Numbers:
    planes = zlib.decompress(packed)
    count = len(planes) // _SIZE
    raw = bytearray(len(planes))
    for place in range(_SIZE):
        raw[place::_SIZE] = planes[place * count : (place + 1) * count]
    values = array("q")
    values.frombytes(raw)
    return values


def read(row: bytes) -> Iterator[tuple[int, Numbers]]:
    """Every term of a row with its numbers."""
    terms, counts, steps = _opened(row)
    at = 0
    for term, count in zip(terms, counts, strict=True):
        yield term, array("q", accumulate(steps[at : at + count]))
        at += count


def read_term(row: bytes, term: int) -> Numbers:
    """The numbers of one term; none if the row has not got it."""
    terms, counts, steps = _opened(row)
    place = bisect_left(terms, term)
    if place == len(terms) or terms[place] != term:
        return array("q")
    start = sum(counts[:place])
    return array("q", accumulate(steps[start : start + counts[place]]))


def _opened(row: bytes) -> tuple[list[int], Numbers, Numbers]:
    values = unpack(row)
    end = values[0] + 1
    return list(accumulate(values[1:end])), values[end : 2 * end - 1], values[2 * end - 1 :]
