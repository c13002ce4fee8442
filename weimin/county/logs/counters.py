"""Counts that no row holds: answers, repeats, refusals of whoever asked too often. For all processes of a machine.

One small file in WEIMIN_HOME, added to under a lock; it outlives a restart, so a count never goes back.
"""

import fcntl
import os
import struct
import threading
from pathlib import Path

from django.conf import settings

NAMES = ("answers_1xx", "answers_2xx", "answers_3xx", "answers_4xx", "answers_5xx", "repeats", "too_many")
NAME = "counters"
_CELL = struct.Struct("<q")
_lock = threading.Lock()  # a lock on the file is held by the process: its threads need their own


def path() -> Path:
    return Path(settings.WEIMIN_HOME) / NAME


def count(*names: str) -> None:
    """Each of these once more. Counting must not cost an answer: where the disk refuses, it is left out."""
    cells = [NAMES.index(name) for name in names]
    try:
        _add(cells)
    except OSError:
        return  # metrics and doctor tell of the disk by themselves


def _add(cells: list[int]) -> None:
    with _lock:
        file = os.open(f"{settings.WEIMIN_HOME}/{NAME}", os.O_RDWR | os.O_CREAT, 0o640)
        try:
            fcntl.lockf(file, fcntl.LOCK_EX)
            for cell in cells:
                (n,) = _CELL.unpack(os.pread(file, _CELL.size, cell * _CELL.size).ljust(_CELL.size, b"\0"))
                os.pwrite(file, _CELL.pack(n + 1), cell * _CELL.size)
        finally:
            os.close(file)  # and with it the lock


def counted() -> dict[str, int]:
    """Every count as it stands; all nothing where nothing was counted yet."""
    try:
        held = path().read_bytes()
    except OSError:
        held = b""
    held = held.ljust(len(NAMES) * _CELL.size, b"\0")
    return {name: _CELL.unpack_from(held, at * _CELL.size)[0] for at, name in enumerate(NAMES)}
