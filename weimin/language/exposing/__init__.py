"""What in a text would tell strangers who somebody is: numbers, names, doors, illnesses. Proposed, never cut by itself.

`found` reads a text that somebody is about to publish; `covered` is the text as it would read with everything proposed
taken out. A person decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..folding import fold
from . import numbers, words


class Exposed(StrEnum):
    """Kinds of what is found; the word that stands in its place is in COVER."""

    IDENTITY = "IDENTITY"
    PHONE = "PHONE"
    BANK = "BANK"
    ACCOUNT = "ACCOUNT"
    NAME = "NAME"
    DOOR = "DOOR"
    HEALTH = "HEALTH"


COVER = {
    Exposed.IDENTITY: "〔身份证号〕",
    Exposed.PHONE: "〔电话〕",
    Exposed.BANK: "〔银行账号〕",
    Exposed.ACCOUNT: "〔网络账号〕",
    Exposed.NAME: "〔姓名〕",
    Exposed.DOOR: "〔门牌〕",
    Exposed.HEALTH: "〔病情〕",
}


@dataclass(frozen=True)
class Found:
    """Signs start to end (not included) of the text, and what they tell."""

    kind: Exposed
    start: int
    end: int
    words: str


def found(text: str) -> list[Found]:
    """Everything proposed, in the order of the text; of two that overlap, the kind that stands first in `Exposed`."""
    folded = fold(text)
    taken: list[Found] = []
    for kind, spans in _spans(folded):
        for start, end in spans:
            if not any(start < other.end and other.start < end for other in taken):
                taken.append(Found(kind, start, end, text[start:end]))
    return sorted(taken, key=lambda one: one.start)


def _spans(folded: str) -> list[tuple[Exposed, list[tuple[int, int]]]]:
    return [
        (Exposed.IDENTITY, numbers.identities(folded)),
        (Exposed.BANK, numbers.banks(folded)),
        (Exposed.PHONE, numbers.phones(folded)),
        (Exposed.ACCOUNT, numbers.accounts(folded)),
        (Exposed.NAME, words.names(folded)),
        (Exposed.DOOR, words.doors(folded)),
        (Exposed.HEALTH, words.illnesses(folded)),
    ]


def covered(text: str, proposed: Sequence[Found]) -> str:
    """The text with a word of its kind in the place of each that is proposed, in the order `found` gives them."""
    parts, at = [], 0
    for one in proposed:
        parts += [text[at : one.start], COVER[one.kind]]
        at = one.end
    return "".join([*parts, text[at:]])
