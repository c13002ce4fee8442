"""Where a county's keys lie: one file, which only its owner may read, and what the running process knows of it."""

import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from time import monotonic

from django.conf import settings

from weimin.county.durable import write_whole
from weimin.kernel.chosen import current_code

from .ring import KEY_BYTES, SEALED, Key, KeyTrouble, Ring, new_key

SECONDS_KEPT = 2.0  # so long a process may go on sealing with the key before the newest

# folder and county → when its file was looked at, its time, what it holds
_rings: dict[tuple[object, str], tuple[float, int, Ring]] = {}
_lock = threading.Lock()


def path_of(county: str) -> Path:
    return Path(settings.KEYS) / f"{county}.json"


def ring() -> Ring:
    """The keys of the chosen county; KeyTrouble if they are not there."""
    county = current_code()
    known = _rings.get((settings.KEYS, county))
    if known is not None and monotonic() - known[0] < SECONDS_KEPT:
        return known[2]
    with _lock:
        return _looked(county, known)


def ring_with(key_id: str) -> Ring:
    """The keys of the chosen county, read anew if this one is not known yet: another process may have made it."""
    kept = ring()
    if kept.has(key_id):
        return kept
    _rings.pop((settings.KEYS, current_code()), None)
    return ring()


def unsealed(value: str, *, bound_to: str) -> bytes:
    """What was sealed, by whichever key of the chosen county; KeyTrouble if it was not sealed there."""
    found = SEALED.fullmatch(value)
    if found is None:
        raise KeyTrouble(f"{bound_to} is not sealed. Run bin/weimin county migrate.")
    return ring_with(found[2]).open(value, bound_to=bound_to)


def _looked(county: str, known: tuple[float, int, Ring] | None) -> Ring:
    path = path_of(county)
    try:
        changed = path.stat().st_mtime_ns
        fresh = known[2] if known is not None and known[1] == changed else read(path)
    except OSError as wrong:
        raise missing(path, wrong) from None
    _rings[settings.KEYS, county] = (monotonic(), changed, fresh)
    return fresh


def missing(path: Path, wrong: OSError) -> KeyTrouble:
    return KeyTrouble(
        f"The keys of county {path.stem} cannot be read from {path} ({wrong.strerror}). Without them "
        "residents' names and telephones cannot be opened. Put the file back from where you keep it, or from a "
        "sealed backup (docs/operate/keys.md), or set WEIMIN_KEYS to the folder in which it lies."
    )


def read(path: Path) -> Ring:
    """OSError if it cannot be read; KeyTrouble if it is no ring of this county."""
    return loads(path.read_text(), county=path.stem, where=str(path))


def loads(text: str, *, county: str, where: str) -> Ring:
    try:
        told = json.loads(text)
        keys = [Key(b64decode(one["key"], validate=True), str(one["made_at"])) for one in told["keys"]]
        right = told["county"] == county and bool(keys) and all(len(key.secret) == KEY_BYTES for key in keys)
        right = right and [key.id for key in keys] == [one["id"] for one in told["keys"]]
    except (ValueError, KeyError, TypeError):
        right = False
    if not right:
        raise KeyTrouble(
            f"{where} does not hold keys of county {county}, or was changed. Put the right file there "
            "(docs/operate/keys.md); nothing was changed."
        )
    return Ring(county, keys)


def dumps(ring: Ring) -> str:
    keys = [{"id": key.id, "made_at": key.made_at, "key": b64encode(key.secret).decode()} for key in ring.keys]
    return json.dumps({"county": ring.county, "keys": keys}, indent=1) + "\n"


@contextmanager
def one_writer() -> Iterator[None]:
    """Who adds a key reads the file after the one before has written it: no key is ever lost to a second command."""
    folder = Path(settings.KEYS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def write(ring: Ring) -> Path:
    """On disk, whole and for its owner only, before anything is sealed with it. Inside `one_writer`."""
    path = path_of(ring.county)
    write_whole(path, dumps(ring))
    _rings.pop((settings.KEYS, ring.county), None)
    return path


def make_first(county: str, *, made_at: str) -> bool:
    """A ring with one key, unless there is a ring. Call it only where nothing is sealed yet."""
    with one_writer():
        if path_of(county).exists():
            return False
        write(Ring(county, [new_key(made_at=made_at)]))
    return True
