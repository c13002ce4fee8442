"""A county's ring of keys: sealing, opening, and words that can be looked for without being seen.

A sealed value says how it was made: `A256GCM.k7hx2mqa.…` is the cipher, the key, then nonce and ciphertext. The name of
a key is a digest of it, so a wrong key is never taken for the right one. What a value is bound to (county, table,
column, row) is authenticated with it: put anywhere else it does not open.
"""

import hashlib
import os
import re
import secrets
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CIPHER = "A256GCM"  # the name of AES-256-GCM in JOSE; a second cipher is a second name, and both are read
KEY_BYTES, NONCE_BYTES = 32, 12
SEALED = re.compile(r"([A-Z0-9]+)\.([a-z2-7]{8})\.([\w-]+)", re.ASCII)
_REMEMBERED = 2048
WHOLE, SHORT = 26, 4  # signs of a blind word: one that is one person's, one that some others share by chance


class KeyTrouble(Exception):
    """A key is missing, wrong or in the wrong hands. The sentence is for the operator and says what to do."""


@dataclass(frozen=True)
class Key:
    """One key and, derived from it, one for each use."""

    secret: bytes
    made_at: str

    @cached_property
    def id(self) -> str:
        return b32encode(hashlib.sha256(b"weimin key name" + self.secret).digest()[:5]).decode().lower()

    @cached_property
    def aead(self) -> AESGCM:
        return AESGCM(self._derived(b"weimin sealed fields"))

    @cached_property
    def blind(self) -> tuple["hashlib._Hash", "hashlib._Hash"]:
        """HMAC-SHA-256 with this key, begun: both hashes after their first block (RFC 2104)."""
        key = self._derived(b"weimin blind index").ljust(64, b"\0")
        inner, outer = (hashlib.sha256(bytes(sign ^ pad for sign in key)) for pad in (0x36, 0x5C))
        return inner, outer

    @cached_property
    def short(self) -> Callable[[str], str]:
        """The short blind word of a word. Thousands are remembered: names and numbers begin alike, ends are rare."""
        return lru_cache(maxsize=_REMEMBERED)(lambda word: _blind(self, word, SHORT))

    @cached_property
    def mark(self) -> str:
        """How everything begins that this key has sealed."""
        return f"{CIPHER}.{self.id}."

    def _derived(self, use: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=use).derive(self.secret)


def new_key(*, made_at: str) -> Key:
    return Key(os.urandom(KEY_BYTES), made_at)


def new_mark() -> str:
    """What tells a row apart before the database has given it a key."""
    return secrets.token_urlsafe(9)


class Ring:
    """The keys of one county, oldest first. The newest seals; all of them open."""

    def __init__(self, county: str, keys: Iterable[Key]) -> None:
        self.county = county
        self.keys = tuple(keys)
        self._by_id = {key.id: key for key in self.keys}

    @property
    def newest(self) -> Key:
        return self.keys[-1]

    def seal(self, plain: bytes, *, bound_to: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self.newest.aead.encrypt(nonce, plain, self._bound(bound_to))
        return self.newest.mark + urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, sealed: str, *, bound_to: str) -> bytes:
        """KeyTrouble if the key is not on the ring, or the value is not what was sealed there."""
        found = SEALED.fullmatch(sealed)
        if found is None or found[1] != CIPHER:
            raise KeyTrouble(f"{bound_to} holds a value that is not sealed in a way this version knows.")
        key = self._by_id.get(found[2])
        if key is None:
            raise KeyTrouble(f"{bound_to} is sealed with key {found[2]}, which is not among the keys of {self.county}.")
        data = urlsafe_b64decode(found[3] + "=" * (-len(found[3]) % 4))
        try:
            return key.aead.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], self._bound(bound_to))
        except (InvalidTag, ValueError):
            raise KeyTrouble(f"{bound_to} does not open: it was changed, or moved there from elsewhere.") from None

    def has(self, key_id: str) -> bool:
        return key_id in self._by_id

    def blind(self, words: Iterable[str], *, signs: int) -> list[str]:
        """Each word as the newest key writes it, in an order that tells nothing."""
        key = self.newest
        return sorted({key.short(word) if signs == SHORT else _blind(key, word, signs) for word in words})

    def blind_by_all(self, word: str, *, signs: int) -> list[str]:
        """One word as each key writes it: rows of before a rotation are found too."""
        return [_blind(key, word, signs) for key in self.keys]

    def _bound(self, to: str) -> bytes:
        return f"{self.county}/{to}".encode()


_SIGNS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _SIGNS for second in _SIGNS]


def _blind(key: Key, word: str, signs: int) -> str:
    """The first signs, an even number, of a keyed digest in base 32.

    A resident has some thirty such words, made at every intake. So the hash is taken up where the key ends, which costs
    a fifth of beginning it anew, and signs are looked up in pairs.
    """
    begun, beyond = key.blind
    inner, outer = begun.copy(), beyond.copy()
    inner.update(word.encode())
    outer.update(inner.digest())
    bits = int.from_bytes(outer.digest()) >> (256 - 5 * signs)
    if signs == SHORT:  # most of them
        return _PAIRS[bits >> 10] + _PAIRS[bits & 1023]
    return "".join([_PAIRS[bits >> at & 1023] for at in range(5 * signs - 10, -1, -10)])
