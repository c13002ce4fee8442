"""Files residents send: judged by content, photographs encoded anew, kept under their digest outside the database.

A file is on disk, fsynced, before the act that names it is written: what is acknowledged is durable.
"""

import fcntl
import hashlib
import logging
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import filetype
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from weimin.county.trouble import no_room
from weimin.kernel.chosen import current_code
from weimin.kernel.failpoint import failpoint
from weimin.kernel.refusal import Refused
from weimin.kernel.words import first_words

from .states import SOUNDS

log = logging.getLogger(__name__)

MOST_FILES = 6
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000  # a 50-megapixel photo unpacks to 150 MB; nothing larger is opened
LONGEST_SIDE = 2560  # enough to read a meter, a tenth of the bytes
AS_THEY_ARE = {"application/pdf": "pdf", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/x-wav": "wav",
               "audio/m4a": "m4a", "audio/amr": "amr", "video/mp4": "m4a"}  # fmt: skip
DRAFT = "matter_draft"  # where a session keeps a matter being written, and with it files that nothing else names
KEPT_UNNAMED = timedelta(days=7)  # far longer than a draft lives
FEW = 100  # more than these and more than half of all: rather a wrong database than drafts
# What most browsers record: one container for sound and film, told apart by the codecs its head names.
_SOUND_CODECS, _FILM_CODECS = (b"A_OPUS", b"A_VORBIS"), (b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG")
_HEAD = 4096
PHOTOS = {"image/jpeg", "image/png", "image/webp", "image/gif"}


@dataclass(frozen=True)
class Upload:
    """A file that lies on disk, ready to be named by an act."""

    sha256: str
    media_type: str
    size: int
    name: str
    width: int | None = None
    height: int | None = None

    @property
    def is_sound(self) -> bool:
        return self.media_type in SOUNDS


def store(file: BinaryIO, *, name: str) -> Upload:
    """Judge, clean and keep one file.

    Refused TOO_LARGE, EMPTY_FILE, UNKNOWN_TYPE, BROKEN_FILE or NO_ROOM, with what to do; nothing is kept then.
    """
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused("TOO_LARGE", _("文件超过 10 MB，没有传上去，文字已保存。请换一个小一些的再试。"), field="files")
    if not data:
        raise Refused("EMPTY_FILE", _("这个文件是空的，请重新选择。"), field="files")
    kind = filetype.guess(data)
    media_type = kind.mime if kind else ""
    if media_type in PHOTOS:
        return _keep_photo(data, name)
    if media_type in AS_THEY_ARE:
        return _keep(data, media_type, name)
    if media_type == "video/webm" and _is_sound(data[:_HEAD]):
        return _keep(data, "audio/webm", name)
    raise Refused("UNKNOWN_TYPE", _("只能收照片、录音和 PDF 文件。请换一个文件再试。"), field="files")


def store_all(files: list[tuple[BinaryIO, str]]) -> tuple[Upload, ...]:
    """Store several; Refused TOO_MANY_FILES past the limit."""
    if len(files) > MOST_FILES:
        raise Refused("TOO_MANY_FILES", _("一次最多传 6 个文件，其余的可以以后补充。"), field="files")
    return tuple(store(file, name=name) for file, name in files)


def _is_sound(head: bytes) -> bool:
    return any(codec in head for codec in _SOUND_CODECS) and not any(codec in head for codec in _FILM_CODECS)


def path_of(sha256: str) -> Path:
    """Where a file lies: by county, then by the first two digits."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("not a digest")
    return Path(settings.UPLOADS) / current_code() / sha256[:2] / sha256


def sweep(*, named: Collection[str], now: datetime) -> int:
    """Delete files that nothing names and nobody has sent for a week, and what a crash left half written.

    Before: `named` holds every digest a row or a draft names. After: those stand, and so does everything younger.
    Who: the hourly job.
    """
    files = sorted((Path(settings.UPLOADS) / current_code()).glob("??/*"))
    unnamed = [path for path in files if path.name not in named and _old(path, now)]
    if len(unnamed) > max(FEW, len(files) // 2):
        log.error("%s of %s files are named by nothing; is this the right database? None was deleted.",
                  len(unnamed), len(files))  # fmt: skip
        return 0
    swept = 0
    for path in unnamed:
        with _folder_of_county():  # looked at again under the lock: it may be sent at this very moment
            if _old(path, now):
                path.unlink()
                swept += 1
    return swept


def _old(path: Path, now: datetime) -> bool:
    return path.exists() and path.stat().st_mtime < (now - KEPT_UNNAMED).timestamp()


@contextmanager
def _folder_of_county() -> Iterator[None]:
    """One at a time, over all processes: a file is either seen as sent anew, or gone before it is looked for."""
    folder = Path(settings.UPLOADS) / current_code()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _keep_photo(data: bytes, name: str) -> Upload:
    """Decoded and encoded anew: position, camera and anything hidden in the file stay behind."""
    try:
        with Image.open(BytesIO(data)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Refused("TOO_MANY_PIXELS", _("照片的尺寸太大，请用普通大小再拍一张。"), field="files")
            # Made small before anything is copied: a JPEG already while it is read, the others in place.
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            small = opened if opened.mode == "RGB" else opened.convert("RGB")
            small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(small)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Refused("BROKEN_FILE", _("照片打不开，可能没有存好。请换一张再试。"), field="files") from None
    upright.info.clear()  # or a comment in the file would be written into ours
    out = BytesIO()
    upright.save(out, "JPEG", quality=82, optimize=True)
    return _keep(out.getvalue(), "image/jpeg", name, upright.width, upright.height)


def _keep(data: bytes, media_type: str, name: str, width: int | None = None, height: int | None = None) -> Upload:
    digest = hashlib.sha256(data).hexdigest()
    try:
        _keep_once(path_of(digest), data)
    except OSError as trouble:
        if not no_room(trouble):
            raise
        log.error("no room is left for a file of %s bytes", len(data))
        words = _("服务器的存储空间满了，文件没有传上去，文字不受影响。请过一会儿再传。")
        raise Refused("NO_ROOM", words, field="files") from trouble
    plain = "".join(sign for sign in Path(name).name if sign.isprintable())
    safe = first_words(plain.lstrip("."), 100) or "file"
    return Upload(digest, media_type, len(data), safe, width, height)


def _keep_once(path: Path, data: bytes) -> None:
    """The same file sent again is the same file. Its name is made durable both times: the first may have been cut."""
    with _folder_of_county():
        there = path.exists()
        if there:
            os.utime(path)  # young again: sent anew, and about to be named
    if not there:
        _write(path, data)
    _make_name_durable(path.parent)


def _write(path: Path, data: bytes) -> None:
    """Written beside, fsynced, renamed: a name on disk always means the whole file. What fails leaves nothing."""
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _make_name_durable(path.parent.parent)
    beside = path.with_suffix(f".{os.getpid()}.{os.urandom(4).hex()}.part")
    try:
        with open(beside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        failpoint("after_file_fsync")
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)  # on a full disk a half would take the last room
        raise
    failpoint("after_file_rename")


def _make_name_durable(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
