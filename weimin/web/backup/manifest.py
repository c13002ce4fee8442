"""What an archive says of itself: read before anything is restored, checked against everything that is."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, BinaryIO

from .broken import Broken

FORMAT = 1
NAME = "manifest.json"
FILE_LIST = "files.txt"
SECRET = "secret"  # noqa: S105 -- the name of a part, not its content
KEYS = "keys.json"
DATABASES = {"sqlite": "database.sqlite3.gz", "postgresql": "database.pgdump"}
PIECE = 1024 * 1024


@dataclass(frozen=True)
class Manifest:
    """`parts` are the archive's members before the files, in order, each with its size and SHA-256."""

    county: str
    taken_at: str
    database: str
    migrations: list[str]
    tables: dict[str, int]
    ledger: dict[str, Any]
    files: int
    missing: list[str]
    secret_check: str
    keys: list[str] = field(default_factory=list)  # the data keys its rows are sealed with, by name
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT

    def dumps(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @classmethod
    def loads(cls, data: bytes) -> "Manifest":
        """Broken if it is none of ours, or of a later format."""
        try:
            told = json.loads(data)
            if told["format"] != FORMAT:
                raise Broken(f"The archive has format {told['format']}; this version of Weimin reads {FORMAT}.")
            told.setdefault("keys", [])  # archives of before rows were sealed
            return cls(**{one.name: told[one.name] for one in fields(cls)})
        except (ValueError, KeyError, TypeError):
            raise Broken("The archive's manifest cannot be read. Use another copy.") from None


def digest_of(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return {"size": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def pieces(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(PIECE), b"")


def ledger_digest(rows: Iterable[tuple[int, str]]) -> dict[str, Any]:
    """One digest over every entry in order: how many, the last, and SHA-256 over `id body` line by line."""
    digest, count, last = hashlib.sha256(), 0, 0
    for last, body in rows:
        digest.update(f"{last} {body}\n".encode())
        count += 1
    return {"entries": count, "last": last, "sha256": digest.hexdigest()}


def check_of(secret: str) -> str:
    """Tells whether a secret is the one of the archive, and nothing else about it."""
    return hmac.new(secret.encode(), b"weimin backup: is it this secret", hashlib.sha256).hexdigest()[:32]
