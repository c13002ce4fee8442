"""A small file system in memory that can be filled to the last byte, and has room again."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BALLAST = "ballast"
_PIECE = bytes(1024 * 1024)


class NotPermitted(Exception):
    """Nobody may mount here: the drill is not run, and says so."""


class Disk:
    def __init__(self, at: Path) -> None:
        self.at = at

    def fill(self) -> None:
        """Until a single byte more is refused."""
        piece, at = memoryview(_PIECE), os.open(self.at / BALLAST, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            while len(piece):
                try:
                    os.write(at, piece)
                except OSError:
                    piece = piece[: len(piece) // 2]
        finally:
            os.close(at)

    def clear(self) -> None:
        (self.at / BALLAST).unlink(missing_ok=True)


@contextmanager
def disk(at: Path, *, megabytes: int, owner: str = "") -> Iterator[Disk]:
    """Mounted there, gone at the end. `owner` is whose it is where that is not us."""
    at.mkdir(parents=True, exist_ok=True)
    belongs = f",uid={owner},gid={owner}" if owner else ""
    how = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700{belongs}", "tmpfs", str(at)]
    try:
        done = subprocess.run(how, capture_output=True, text=True)
    except OSError as missing:
        raise NotPermitted(str(missing)) from None
    if done.returncode:
        raise NotPermitted(done.stderr.strip())
    try:
        yield Disk(at)
    finally:
        _unmount(at)


def _unmount(at: Path) -> None:
    """What was served from it needs a moment to let go."""
    for _try in range(50):
        if subprocess.run(["umount", str(at)], capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
    subprocess.run(["umount", "-l", str(at)], check=True)
