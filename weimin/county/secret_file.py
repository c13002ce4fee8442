"""The secrets of this installation, the newest first: a line each, and when it was made where it was rotated.

Read before there are settings, so nothing here asks for one. The newest signs; what an older one signed is still known
(Django's SECRET_KEY_FALLBACKS) until it is retired.
"""

import hashlib
import os
import re
import secrets
from base64 import b32encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path

from weimin.county.durable import write_whole

NAME = "secret"
_LINE = re.compile(r"(.+?)(?: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ))?")


@dataclass(frozen=True)
class Secret:
    """One line. `made_at` is empty for the first one, which was made with the house."""

    word: str
    made_at: str = ""

    @property
    def id(self) -> str:
        """A name that tells nothing of it."""
        return b32encode(hashlib.sha256(b"weimin secret name" + self.word.encode()).digest()[:5]).decode().lower()


def new_secret(*, made_at: str = "") -> Secret:
    return Secret(secrets.token_urlsafe(64), made_at)


def kept_or_made(path: Path) -> list[Secret]:
    """What the file holds; the first secret is made where there is none."""
    # It may have been made by an earlier start, or by another process a moment ago.
    with suppress(FileExistsError), os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(new_secret().word)
    return read(path)


def read(path: Path) -> list[Secret]:
    """ValueError if nothing stands in it."""
    found = [Secret(m[1], m[2] or "") for line in path.read_text().splitlines() if (m := _LINE.fullmatch(line.strip()))]
    if not found:
        raise ValueError(
            f"{path} is empty. Put the secret back from a sealed backup (docs/operate/secrets.md); if there is none, "
            "remove the file: a new one is made, and everybody signs in anew."
        )
    return found


def write(path: Path, found: Sequence[Secret]) -> None:
    """Inside `one_writer`."""
    write_whole(path, "".join(f"{one.word} {one.made_at}".rstrip() + "\n" for one in found))


@contextmanager
def one_writer(path: Path) -> Iterator[None]:
    """Two commands at once: the second reads what the first has written."""
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield
