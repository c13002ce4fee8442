"""Writing the archive: a tar of manifest, list of files, database, secret and files, sealed if a key is given."""

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from weimin.county.sealed.files import dumps
from weimin.county.sealed.ring import Ring
from weimin.kernel.chosen import current_code
from weimin.kernel.progress import Progress
from weimin.matters.uploads import path_of

from .manifest import DATABASES, FILE_LIST, KEYS, NAME, SECRET, Manifest, check_of, digest_of
from .sealing import Sealing
from .snapshot import NAMED_FILES, Snapshot, counted, ledger_of

_MODE = 0o600


@dataclass(frozen=True)
class Packed:
    """What was written, and files on disk that no longer are what they were when they were sent."""

    path: Path
    manifest: Manifest
    damaged: list[str]


def pack(
    snapshot: Snapshot,
    *,
    room: Path,
    folder: Path,
    public: bytes | None,
    secrets: Sequence[str],
    keys: Ring,
    now: datetime,
) -> Packed:
    """One archive in `folder`, under its name only when it is whole and on disk.

    The secrets, the newest first, and the data keys are in it only if it is sealed.
    """
    parts = {FILE_LIST: room / FILE_LIST, DATABASES[_kind(snapshot)]: snapshot.path}
    listed, missing = _list_files(snapshot, parts[FILE_LIST])
    if public is not None:
        parts[SECRET] = room / SECRET
        parts[SECRET].write_text("".join(f"{word}\n" for word in secrets))
        parts[KEYS] = room / KEYS
        parts[KEYS].write_text(dumps(keys))
    manifest = Manifest(
        county=current_code(),
        taken_at=now.astimezone(UTC).isoformat(timespec="seconds"),
        database=_kind(snapshot),
        migrations=snapshot.migrations(),
        tables=counted(snapshot),
        ledger=ledger_of(snapshot),
        files=listed,
        missing=missing,
        secret_check=check_of(secrets[0]),
        keys=[key.id for key in keys.keys],
    )
    manifest = replace(manifest, parts={name: digest_of(path) for name, path in parts.items()})
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = folder / f"weimin-{manifest.county}-{stamp}{'.tar' if public is None else '.tar.age'}"
    with _durable(path) as out, _sealed(out, public) as inner, tarfile.open(fileobj=inner, mode="w|") as tar:
        _add_bytes(tar, NAME, manifest.dumps(), now)
        for name, part in parts.items():
            _add_file(tar, name, part, now)
        damaged = _add_uploads(tar, parts[FILE_LIST], listed, now)
    return Packed(path, manifest, damaged)


def _kind(snapshot: Snapshot) -> str:
    return next(kind for kind, name in DATABASES.items() if name == snapshot.path.name)


def _list_files(snapshot: Snapshot, path: Path) -> tuple[int, list[str]]:
    """The digests of every file the copy names, a line each; those that are not on disk apart."""
    listed, missing = 0, []
    with path.open("w") as out:
        for (digest,) in snapshot.rows(NAMED_FILES):
            if path_of(digest).exists():
                out.write(f"{digest}\n")
                listed += 1
            else:
                missing.append(digest)
    return listed, missing


def _add_uploads(tar: tarfile.TarFile, names: Path, total: int, now: datetime) -> list[str]:
    damaged = []
    with names.open() as lines, Progress(total, "Packing files") as progress:
        for line in lines:
            digest = line.strip()
            if _add_file(tar, f"uploads/{digest[:2]}/{digest}", path_of(digest), now) != digest:
                damaged.append(digest)
            progress.step()
    return damaged


class _Hashed(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _add_file(tar: tarfile.TarFile, name: str, path: Path, now: datetime) -> str:
    with path.open("rb") as file:
        hashed = _Hashed(file)
        tar.addfile(_member(name, os.fstat(file.fileno()).st_size, now), hashed)
    tar.members.clear()  # type: ignore[attr-defined]  # else the memory grows with every file
    return hashed.digest.hexdigest()


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes, now: datetime) -> None:
    tar.addfile(_member(name, len(data), now), io.BytesIO(data))


def _member(name: str, size: int, now: datetime) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, _MODE, int(now.timestamp())
    return member


@contextmanager
def _durable(path: Path) -> Iterator[BinaryIO]:
    """Written beside, fsynced, renamed: an archive under its name is a whole one."""
    beside = path.with_name(f"{path.name}.part")
    try:
        with open(beside, "wb", opener=_private) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, _MODE)


@contextmanager
def _sealed(out: BinaryIO, public: bytes | None) -> Iterator[BinaryIO]:
    if public is None:
        yield out
        return
    sealing = Sealing(out, public=public)
    yield sealing  # type: ignore[misc]  # write is all that tar asks for
    sealing.close()  # not after a failure: an archive that was cut off must not look whole


def drop_old(folder: Path, *, county: str, keep: int, said: Callable[[Path], None]) -> None:
    """Archives of this county beyond the newest so many."""
    found = sorted(folder.glob(f"weimin-{county}-*.tar*"), key=lambda path: path.name)
    for path in [path for path in found if not path.name.endswith(".part")][:-keep]:
        path.unlink()
        said(path)
