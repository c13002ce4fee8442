"""Reading matters into the index of words: a job, a batch at a time, each in a transaction of its own.

Parts of a size are put together when there are eight of them, so that a question looks into few and each matter is
written a few times only. A part once written is never changed: it is replaced by a larger one.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import inf

from django.db import transaction

from weimin.county.bulk import lay_down, new_row
from weimin.language import postings
from weimin.language.postings import Numbers
from weimin.language.searching import terms_of

from ..models import IndexPart, IndexRow, Matter, Unread

FEWEST = 64  # so many unread texts are looked into by whoever searches
_BATCH = 20_000
_TOGETHER = 8  # parts of one size
_LARGEST = 100_000  # matters of a part that is put together with no others: it would take minutes
_AT_ONCE = 1_000_000  # keys held in memory while parts are put together
_WORDS = ("number", "title", "text", "address")


def read_new(*, now: datetime) -> dict[str, int]:
    """Read what is unread, unless it is little, and put small parts together. Safe side by side."""
    done = {"read": 0, "together": 0}
    while read := _read_batch():
        done["read"] += read
    while _put_together():
        done["together"] += 1
    return done


def leave_unread(*, now: datetime) -> int:
    """Matters that are neither in the index nor waiting to be read are left to be read: how many.

    They are those from before there was an index, and those that an earlier release takes in while this one begins.
    """
    known = postings.numbers(Matter.objects.order_by("pk").values_list("pk", flat=True).iterator())
    waiting = set(Unread.objects.values_list("pk", flat=True))  # before the parts: what is read meanwhile is in both
    waiting.update(*(postings.unpack(bytes(keys)) for keys in IndexPart.objects.values_list("keys", flat=True)))
    left = [Unread(matter_id=key) for key in known if key not in waiting]
    for start in range(0, len(left), _BATCH):
        Unread.objects.bulk_create(left[start : start + _BATCH], ignore_conflicts=True)
    return len(left)


@transaction.atomic
def _read_batch() -> int:
    """The oldest unread matters into one part; 0 if they are few."""
    unread = Unread.objects.select_for_update(skip_locked=True).order_by("pk")
    keys = list(unread.values_list("pk", flat=True)[:_BATCH])
    if len(keys) < FEWEST:
        return 0
    held: dict[int, Numbers] = {}
    for key, *texts in Matter.objects.filter(pk__in=keys).order_by("pk").values_list("pk", *_WORDS).iterator():
        for term in terms_of(*texts):
            if term in held:
                held[term].append(key)
            else:
                held[term] = postings.numbers([key])
    part = IndexPart.objects.create(matters=len(keys), keys=postings.pack(postings.numbers(keys)))
    _write(part, held)
    Unread.objects.filter(pk__in=keys).delete()
    return len(keys)


def _write(part: IndexPart, held: dict[int, Numbers]) -> None:
    rows = [
        new_row(IndexRow, part=part, first=first, held=count, body=body)
        for first, count, body in postings.rows_of(held)
    ]
    lay_down(IndexRow, rows, keyed=False)


@transaction.atomic
def _put_together() -> bool:
    """The eight oldest parts of one size into one; False if nowhere are so many."""
    # whoever else does this waits here, and then finds other parts
    parts = list(IndexPart.objects.select_for_update().only("matters").order_by("pk"))
    sizes: dict[int, list[IndexPart]] = {}
    for part in parts:
        if part.matters >= _LARGEST:
            continue
        alike = sizes.setdefault(_size(part.matters), [])
        alike.append(part)
        if len(alike) == _TOGETHER:
            _into_one(alike)
            return True
    return False


def _size(matters: int) -> int:
    """64 to 511 matters are one size, 512 to 4,095 the next."""
    size = 0
    while matters >= FEWEST * _TOGETHER:
        matters, size = matters // _TOGETHER, size + 1
    return size


def _into_one(parts: Sequence[IndexPart]) -> None:
    whole = IndexPart.objects.filter(pk__in=[part.pk for part in parts])
    keys = sorted(key for packed in whole.values_list("keys", flat=True) for key in postings.unpack(bytes(packed)))
    one = IndexPart.objects.create(matters=len(keys), keys=postings.pack(postings.numbers(keys)))
    for low, high, rows in _stretches(parts):
        _write(one, _gathered(rows, low, high))
    IndexRow.objects.filter(part__in=parts).delete()
    whole.delete()


def _stretches(parts: Sequence[IndexPart]) -> Iterator[tuple[int, float, list[int]]]:
    """From which term to which, and the rows in which those stand; so many that memory holds their keys."""
    found = IndexRow.objects.filter(part__in=parts).order_by("first").values_list("first", "pk", "part_id", "held")
    low, held = 0, 0
    last: dict[int, int] = {}  # of each part the row that may reach beyond the next cut
    rows: list[int] = []
    for first, row, part, more in found:
        if held > _AT_ONCE and first > low:
            yield low, first, rows
            low, held, rows = first, 0, list(last.values())
        rows.append(row)
        last[part] = row
        held += more
    yield low, inf, rows


def _gathered(rows: Sequence[int], low: int, high: float) -> dict[int, Numbers]:
    held: dict[int, Numbers] = {}
    for body in IndexRow.objects.filter(pk__in=rows).values_list("body", flat=True).iterator():
        for term, keys in postings.read(bytes(body)):
            if low <= term < high:
                if term in held:
                    held[term].extend(keys)
                else:
                    held[term] = keys
    return {term: postings.numbers(sorted(keys)) for term, keys in held.items()}
