"""What must be true before a county is served: its keys are there, and they open what is there."""

from datetime import UTC, datetime
from errno import ENOENT
from os import strerror

from weimin.kernel.chosen import current_code

from .files import make_first, missing, path_of, ring
from .resealing import is_anything_sealed, try_keys
from .ring import Ring


def make_if_new(*, now: datetime) -> bool:
    """A first key for a county that has none and holds nothing sealed; KeyTrouble if it does hold something."""
    path = path_of(current_code())
    if path.exists():
        return False
    if is_anything_sealed():
        raise missing(path, FileNotFoundError(ENOENT, strerror(ENOENT)))
    return make_first(current_code(), made_at=stamp(now))


def check_keys() -> Ring:
    """The ring of the chosen county; KeyTrouble if it is missing or does not open what is there."""
    found = ring()
    try_keys()
    return found


def stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
