"""What came of handing a message to a carrier."""

from dataclasses import dataclass
from enum import Enum


class Fate(Enum):
    TAKEN = "taken"  # it has the message
    NOT_TAKEN = "not taken"  # surely not: another may be asked, or the same one later
    REFUSED = "refused"  # surely not, and never will: the address or the words are no good
    UNKNOWN = "unknown"  # it may have the message: nobody is asked again


@dataclass(frozen=True)
class Outcome:
    fate: Fate
    reference: str = ""  # the carrier's own word for it
    why: str = ""
