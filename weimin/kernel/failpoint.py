"""Named places at which a drill ends the process, as a power cut would. Nothing happens unless one is armed.

Armed by WEIMIN_FAILPOINT=name or name:n (the n-th time it is passed), which the settings honour only with
WEIMIN_DRILLS=true and never behind TLS. bench/drills/failpoints.py goes through all of them.
"""

import os
import re
import signal
import threading
import time

NAMES = frozenset(
    {
        "before_validate",  # the request is read, nothing is claimed
        "after_claim",  # its key is claimed
        "after_file_fsync",  # a file lies on disk under a passing name
        "after_file_rename",  # under its own name; no row names it yet
        "after_matter_rows",  # the rows of the act are written, not committed
        "after_ledger_append",  # the ledger's entry is, the line it commits to is not
        "before_commit",  # all is written, the kept answer too
        "in_commit",  # while the database commits
        "after_commit",  # committed; nobody was told
        "outbox_claimed",  # a message is taken from the outbox, and has not left
        "outbox_sent",  # it has left; the outbox does not know
    }
)
_FORM = re.compile(r"([a-z_]+)(?::([1-9][0-9]{0,5}))?")
_LATER = 0.0005  # seconds into a commit

_armed = ""
_left = 0
_lock = threading.Lock()


def parse(text: str) -> tuple[str, int]:
    """Name and turn; ValueError with the names there are."""
    form = _FORM.fullmatch(text)
    if form is None or form[1] not in NAMES:
        raise ValueError(f"give one of {', '.join(sorted(NAMES))}, with :n for the n-th time")
    return form[1], int(form[2] or 1)


def arm(text: str) -> None:
    global _armed, _left
    _armed, _left = parse(text) if text else ("", 0)


def failpoint(name: str) -> None:
    """Here the process may end."""
    if _armed == name and _turn():
        os.kill(os.getpid(), signal.SIGKILL)


def failpoint_soon(name: str) -> None:
    """In a moment the process may end, while what comes next is under way."""
    if _armed == name and _turn():
        threading.Thread(target=_end_later, daemon=True).start()


def _turn() -> bool:
    global _left
    with _lock:
        _left -= 1
        return _left == 0


def _end_later() -> None:
    time.sleep(_LATER)
    os.kill(os.getpid(), signal.SIGKILL)
