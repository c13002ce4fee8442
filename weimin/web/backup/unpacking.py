"""Reading an archive from its first to its last byte, and judging every part against what the manifest says."""

import hashlib
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from weimin.county.sealed.files import loads
from weimin.county.sealed.ring import KeyTrouble, Ring
from weimin.kernel.progress import Progress

from .broken import Broken
from .manifest import DATABASES, FILE_LIST, KEYS, NAME, Manifest, pieces
from .sealing import MAGIC, Opening

_DIGEST = re.compile("[0-9a-f]{64}")
_LARGEST_MANIFEST = 64 * 1024 * 1024


@dataclass
class Unpacked:
    """The parts in a folder, and sentences about files that are not what they should be."""

    manifest: Manifest
    room: Path
    fingerprint: str
    troubles: list[str] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.room / DATABASES[self.manifest.database]

    @property
    def ring(self) -> Ring | None:
        """The data keys that came with it; None in an archive that is not sealed."""
        if KEYS not in self.manifest.parts:
            return None
        try:
            return loads((self.room / KEYS).read_text(), county=self.manifest.county, where=f"{KEYS} in the archive")
        except KeyTrouble as trouble:
            raise Broken(str(trouble)) from None


def is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def unpack(path: Path, *, private: bytes | None, room: Path, uploads: Path | None = None) -> Unpacked:
    """Everything is read and its digest compared; files are kept in `uploads` if one is given.

    Broken at the first thing that makes the archive unusable; single files that are damaged are told in `troubles`.
    """
    try:
        with _opened(path, private) as tar:
            unpacked = _head(tar, room)
            for name, part in unpacked.manifest.parts.items():
                _part(tar, name, part, room)
            _check_keys(unpacked)
            _files(tar, unpacked, uploads)
    except (tarfile.TarError, EOFError):
        raise Broken(
            "The archive is cut off or was changed: its parts cannot be told apart. Use another copy."
        ) from None
    return unpacked


@contextmanager
def _opened(path: Path, private: bytes | None) -> Iterator[tarfile.TarFile]:
    with path.open("rb") as file:
        source: BinaryIO = file
        if is_sealed(path):
            if private is None:
                raise Broken("The archive is sealed. Give the file with the private key: --key FILE")
            source = BufferedReader(Opening(file, private=private), 256 * 1024)
        with tarfile.open(fileobj=source, mode="r|") as tar:
            yield tar
        for _rest in pieces(source):  # to the last piece, whose mark tells that nothing was cut off
            pass


def _next(tar: tarfile.TarFile, name: str) -> tuple[tarfile.TarInfo, BinaryIO]:
    member = tar.next()
    tar.members.clear()  # type: ignore[attr-defined]  # else the memory grows with every file
    if member is None:
        raise Broken(f"The archive ends before {name}: that part is missing. Use another copy.")
    file = tar.extractfile(member) if member.isreg() else None
    if member.name != name or file is None:
        raise Broken(f"The archive holds {member.name} where {name} should be: something was added or taken out.")
    return member, file  # type: ignore[return-value]  # a reader of bytes


def _head(tar: tarfile.TarFile, room: Path) -> Unpacked:
    member, file = _next(tar, NAME)
    if member.size > _LARGEST_MANIFEST:
        raise Broken("The archive's manifest is far too large to be one of ours.")
    data = file.read()
    return Unpacked(Manifest.loads(data), room, hashlib.sha256(data).hexdigest())


def _part(tar: tarfile.TarFile, name: str, told: dict[str, object], room: Path) -> None:
    if Path(name).name != name:
        raise Broken(f"The manifest names a part {name!r}, which leads out of its folder.")
    _member, file = _next(tar, name)
    digest = _copy(file, room / name)
    if digest != told["sha256"]:
        raise Broken(f"{name} was changed: its SHA-256 is not the one in the manifest. Use another copy.")


def _check_keys(unpacked: Unpacked) -> None:
    ring = unpacked.ring
    lacking = [] if ring is None else [key_id for key_id in unpacked.manifest.keys if not ring.has(key_id)]
    if lacking:
        raise Broken(f"The archive speaks of data keys it does not hold: {', '.join(lacking)}. Use another copy.")


def _files(tar: tarfile.TarFile, unpacked: Unpacked, uploads: Path | None) -> None:
    total = unpacked.manifest.files
    seen = 0
    with (unpacked.room / FILE_LIST).open() as lines, Progress(total, "Reading files") as progress:
        for line in lines:
            digest = line.strip()
            if not _DIGEST.fullmatch(digest):
                raise Broken("The list of files holds a line that is no SHA-256. Use another copy.")
            _member, file = _next(tar, f"uploads/{digest[:2]}/{digest}")
            found = _copy(file, uploads / digest[:2] / digest if uploads else None)
            if found != digest:
                unpacked.troubles.append(f"File {digest} was damaged: its content has the SHA-256 {found}.")
            seen += 1
            progress.step()
    if seen != total or tar.next() is not None:
        raise Broken(f"The manifest speaks of {total:,} files, the archive holds another number. Use another copy.")
    unpacked.troubles += [
        f"File {digest} was already missing when the backup was taken." for digest in unpacked.manifest.missing
    ]


def _copy(file: BinaryIO, goal: Path | None) -> str:
    """The SHA-256 of what was read; written to `goal` and fsynced if there is one."""
    digest = hashlib.sha256()
    if goal is None:
        for piece in pieces(file):
            digest.update(piece)
        return digest.hexdigest()
    goal.parent.mkdir(parents=True, exist_ok=True)
    with goal.open("wb") as out:
        for piece in pieces(file):
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()
