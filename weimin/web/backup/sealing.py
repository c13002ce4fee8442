"""Archives sealed to a public key, in the age format (age-encryption.org/v1): any age tool opens them as well.

X25519 agrees on a key with a pair made for this archive alone; ChaCha20-Poly1305 seals pieces of 64 KiB, of which the
last is marked, so that a piece changed, moved or cut off is noticed. Memory stays the same whatever the size.
"""

import io
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest, digest
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from . import bech32
from .broken import Broken

MAGIC = b"age-encryption.org/v1\n"
PIECE, TAG = 64 * 1024, 16
_WRAP = b"age-encryption.org/v1/X25519"
_PUBLIC, _PRIVATE = "age", "age-secret-key-"


@dataclass(frozen=True)
class Pair:
    """`public` stands on the server; `private` never does."""

    public: str
    private: str


def new_pair() -> Pair:
    key = X25519PrivateKey.generate()
    return Pair(
        bech32.encode(_PUBLIC, key.public_key().public_bytes_raw()),
        bech32.encode(_PRIVATE, key.private_bytes_raw()).upper(),
    )


def public_of(word: str) -> bytes:
    """The public key in a word; ValueError with what is wrong."""
    key = bech32.decode(_PUBLIC, word)
    if len(key) != 32:
        raise ValueError("a public key has 32 bytes")
    return key


def private_in(text: str) -> bytes:
    """The private key in a key file, whose other lines begin with #; Broken if there is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        return bech32.decode(_PRIVATE, lines[0])
    except (IndexError, ValueError) as wrong:
        raise Broken(f"The key file holds no private key made by bin/weimin backup_key ({wrong}).") from None


class Sealing(io.RawIOBase):
    """Write into it; what reaches `out` is sealed. Closing writes the last piece and leaves `out` open."""

    def __init__(self, out: BinaryIO, *, public: bytes) -> None:
        self._out, self._held, self._count = out, bytearray(), 0
        file_key, nonce = os.urandom(16), os.urandom(16)
        out.write(_header(file_key, public) + nonce)
        self._cipher = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # bytes are all that is ever written
        self._held += data
        while len(self._held) > PIECE:  # one piece stays behind: the last one is marked
            self._seal(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._held), last=True)
        super().close()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._count, last), piece, None))
        self._count += 1


class Opening(io.RawIOBase):
    """Read the archive as it was before it was sealed; Broken at the first piece that is not as it was written."""

    def __init__(self, source: BinaryIO, *, private: bytes) -> None:
        self._source, self._left, self._count, self._done = source, b"", 0, False
        file_key = _file_key(source, private)
        self._cipher = ChaCha20Poly1305(_derive(file_key, source.read(16), b"payload"))
        self._next = source.read(PIECE + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io hands a memoryview
        if not self._left and not self._done:
            self._open()
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count

    def _open(self) -> None:
        piece, self._next = self._next, self._source.read(PIECE + TAG)
        self._done = not self._next
        try:
            self._left = self._cipher.decrypt(_nonce(self._count, self._done), piece, None)
        except InvalidTag:
            raise Broken(
                f"The archive was changed or cut off: piece {self._count} of 64 KiB does not open. Use another copy."
            ) from None
        self._count += 1


def _header(file_key: bytes, public: bytes) -> bytes:
    own = X25519PrivateKey.generate()
    share = own.public_key().public_bytes_raw()
    wrap = _derive(own.exchange(X25519PublicKey.from_public_bytes(public)), share + public, _WRAP)
    wrapped = ChaCha20Poly1305(wrap).encrypt(bytes(12), file_key, None)
    lines = MAGIC + b"-> X25519 " + _b64(share) + b"\n" + _b64(wrapped) + b"\n---"
    return lines + b" " + _b64(_mac(file_key, lines)) + b"\n"


def _file_key(source: BinaryIO, private: bytes) -> bytes:
    lines = [source.readline(200) for _line in range(4)]
    try:
        share, wrapped = _unb64(lines[1].removeprefix(b"-> X25519 ")), _unb64(lines[2])
        own = X25519PrivateKey.from_private_bytes(private)
        wrap = _derive(
            own.exchange(X25519PublicKey.from_public_bytes(share)),
            share + own.public_key().public_bytes_raw(),
            _WRAP,
        )
        file_key = ChaCha20Poly1305(wrap).decrypt(bytes(12), wrapped, None)
    except (ValueError, InvalidTag):
        raise Broken(
            "This private key does not open the archive: it was sealed to another, or its head was changed."
        ) from None
    head = b"".join(lines[:3]) + b"---"
    if not lines[3].startswith(b"--- ") or not compare_digest(_b64(_mac(file_key, head)), lines[3][4:].strip()):
        raise Broken("The head of the archive was changed. Use another copy.")
    return file_key


def _derive(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(secret)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return digest(_derive(file_key, b"", b"header"), head, sha256)


def _nonce(count: int, last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([last])


def _b64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _unb64(text: bytes) -> bytes:
    text = text.strip()
    return b64decode(text + b"=" * (-len(text) % 4), validate=True)
