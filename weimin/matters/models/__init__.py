"""A matter, what happened to it, what was said, and what others may read of it."""

from .guess import Guess
from .letters import Incoming, MailFolder
from .matter import Matter, Serial, Tally
from .outcome import Appeal, Callback, FollowUp, Publication, Rating
from .partners import Partner, PartnerCode, Referral
from .record import Answer, Attachment, Contact, Event, SavedView, Support
from .search import IndexPart, IndexRow, Unread

__all__ = [
    "Answer",
    "Appeal",
    "Attachment",
    "Callback",
    "Contact",
    "Event",
    "FollowUp",
    "Guess",
    "Incoming",
    "IndexPart",
    "IndexRow",
    "MailFolder",
    "Matter",
    "Partner",
    "PartnerCode",
    "Publication",
    "Rating",
    "Referral",
    "SavedView",
    "Serial",
    "Support",
    "Tally",
    "Unread",
]
