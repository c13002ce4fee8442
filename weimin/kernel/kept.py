"""What is read at every request and changes a few times a year: one copy a process, read anew now and then."""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any, ClassVar, Generic, TypeVar

from .chosen import current

T = TypeVar("T")


class Kept(Generic[T]):
    """Answers from a county's copy for so many seconds. A change made here is seen at once, by `forget`."""

    all: ClassVar[list["Kept[Any]"]] = []

    def __init__(self, read: Callable[[], T], *, seconds: float) -> None:
        self._read, self._seconds = read, seconds
        self._copies: dict[str | None, tuple[float, T]] = {}  # a county's schema → when it was read, and what
        self._reading = Lock()
        Kept.all.append(self)

    def __call__(self) -> T:
        """While one reads it anew, the others go on with what they had: nobody waits, and nothing is read twice."""
        schema = current.get()
        copy = self._copies.get(schema)
        if copy is None:
            return self._anew(schema)
        if monotonic() - copy[0] > self._seconds and self._reading.acquire(blocking=False):
            try:
                return self._anew(schema)
            finally:
                self._reading.release()
        return copy[1]

    def _anew(self, schema: str | None) -> T:
        copy = self._copies[schema] = (monotonic(), self._read())
        return copy[1]

    def forget(self) -> None:
        self._copies.clear()


class KeptRows(Kept[dict[int, T]]):
    """Rows by their key."""

    def row(self, key: int) -> T:
        """The row of this key. One that another process added a moment ago is read with all the others."""
        found = self().get(key)
        if found is None:
            self.forget()
            found = self()[key]
        return found


def forget_all() -> None:
    """After a change to the county's order: every next question reads anew."""
    for kept in Kept.all:
        kept.forget()
