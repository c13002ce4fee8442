"""Appending to the ledger. Every verb of the house does it once, inside its own transaction."""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from django.db import connection

from weimin.kernel.chosen import current_code

from .canonical import canonical, commitment_of
from .models import Entry

SALT_BYTES = 16
# Words of the house only: a name, a telephone number with spaces or a sentence does not fit and is refused.
WHAT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+", re.ASCII)
ABOUT = re.compile(r"[a-z][a-z0-9_]*:[A-Za-z0-9._:-]+", re.ASCII)
BY = re.compile(r"[a-z][a-z0-9_]*(:[A-Za-z0-9._-]+)?", re.ASCII)


class NotInTransaction(RuntimeError):
    """An entry without the act it records, or an act without its entry, must not be possible."""

    def __init__(self) -> None:
        super().__init__("record() belongs inside atomic(), together with what it records.")


@dataclass(frozen=True, kw_only=True)
class Act:
    """What `record_many` is told of each act."""

    what: str
    about: str
    by: str
    at: datetime
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Recorded:
    """The caller keeps the salt beside the data, so that both can be shown, or deleted, together."""

    entry_id: int
    salt: bytes
    commitment: str


def record(*, what: str, about: str, by: str, at: datetime, content: Mapping[str, Any]) -> Recorded:
    """Append one entry; one INSERT.

    Before: inside atomic(), a county chosen. After: one entry more, which commits with the act or not at all.
    Who: the verb that acts, in the name of `by`.
    """
    entry, salt = entry_of(Act(what=what, about=about, by=by, at=at, content=content))
    entry.save()
    return Recorded(entry.pk, salt, entry.commitment)


def record_many(*, acts: Iterable[Act]) -> list[Recorded]:
    """Append many entries in few statements, in the order given.

    Before: inside atomic(), a county chosen. After: one entry per act. Who: an import, in the name of each `by`.
    """
    made = [entry_of(act) for act in acts]
    Entry.objects.bulk_create([entry for entry, _salt in made], batch_size=500)
    return [Recorded(entry.pk, salt, entry.commitment) for entry, salt in made]


def verify(content: Mapping[str, Any], *, salt: bytes, commitment: str) -> bool:
    """Whether this content is what was committed to.

    Before: the salt and commitment of an entry. After: nothing changes. Who: anyone who was given the three.
    """
    return compare_digest(commitment_of(_digest(content, salt)), commitment)


def entry_of(act: Act) -> tuple[Entry, bytes]:
    """The entry of an act and its salt, for a verb that inserts all its rows together.

    Before: inside atomic(), a county chosen. After: nothing changes until the caller inserts the entry.
    Who: the verb that acts, in the name of `by`.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction
    for pattern, word in ((WHAT, act.what), (ABOUT, act.about), (BY, act.by)):
        if not pattern.fullmatch(word):
            raise ValueError(f"{word!r} is no word of the ledger: it keeps codes, never names or sentences.")
    if act.at.tzinfo is None:
        raise ValueError("The ledger needs a moment with its time zone.")
    current_code()  # NoCounty unless one is chosen: the body names it
    salt = secrets.token_bytes(SALT_BYTES)
    digest = _digest(act.content, salt)
    return Entry(at=act.at, what=act.what, about=act.about, by=act.by, digest=digest), salt


def _digest(content: Mapping[str, Any], salt: bytes) -> bytes:
    return sha256(salt + canonical(content)).digest()
