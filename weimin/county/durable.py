"""A small file written so that it is there whole, for its owner only, or as it was before."""

import os
import secrets
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Beside, on disk, then in its place: whoever reads meanwhile reads the file of before.

    Its owner stays whose it was, though root writes it: else the service could not read it at its next start.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        if os.geteuid() == 0 and path.exists():
            os.fchown(file.fileno(), path.stat().st_uid, path.stat().st_gid)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
