"""The way of a matter: received → classified → dispatched → handled → answered → rated → published.

A table of contents. Each line is one act of one person: one function, one transaction, one ledger entry.
Which act may follow which state stands once, in matters/states.py.
"""

# The way.
from .receive import Draft, Receipt, receive_matter  # noqa: I001 -- in the order in which they happen
from .classify import classify_matter
from .dispatch import accept_matter, ask_for_help, dispatch_matter, return_matter
from .handle import add_note, contact_resident, extend_matter, pause_matter, report_support, resume_matter
from .answer import Reply, answer_matter, answer_merged, keep_promise, refuse_matter, refuse_merged
from .outcome import break_promise, call_back, close_matter, rate_matter, reopen_matter
from .publish import publish_matter, unpublish_matter

# Side ways.
from .merge import merge_matter, split_matter, withdraw_matter
from .forward import forward_matter, note_outside
from .appeal import appeal_matter, decide_appeal
from .undo import may_undo, undo_move
from .clockwork import (
    chase_matter,
    escalate_matter,
    hand_over_desk,
    recompute_clock,
    remind_to_rate,
)

__all__ = [
    "Draft",
    "Receipt",
    "Reply",
    "accept_matter",
    "add_note",
    "answer_matter",
    "answer_merged",
    "appeal_matter",
    "ask_for_help",
    "break_promise",
    "call_back",
    "chase_matter",
    "classify_matter",
    "close_matter",
    "contact_resident",
    "decide_appeal",
    "dispatch_matter",
    "escalate_matter",
    "extend_matter",
    "forward_matter",
    "hand_over_desk",
    "keep_promise",
    "may_undo",
    "merge_matter",
    "note_outside",
    "pause_matter",
    "publish_matter",
    "rate_matter",
    "receive_matter",
    "recompute_clock",
    "refuse_matter",
    "refuse_merged",
    "remind_to_rate",
    "reopen_matter",
    "report_support",
    "resume_matter",
    "return_matter",
    "split_matter",
    "undo_move",
    "unpublish_matter",
    "withdraw_matter",
]
