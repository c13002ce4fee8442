"""Signatures of Standard Webhooks: what a program sends us or we send it, proved by a shared secret.

HMAC-SHA256 over `id.timestamp.body`, written `v1,<base64>`; several in one header while a secret is changed.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
_PREFIX = "whsec_"


def key_of(secret: str) -> bytes:
    """The bytes of a secret: `whsec_` and base64 as the standard writes it, or the letters as they are."""
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            raise ValueError("after whsec_ there must be base64") from None
    return secret.encode()


def sign(secret: str, *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers that go with the body."""
    stamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{_digest(secret, message_id, stamp, body)}",
    }


def proves(secret: str, *, message_id: str, stamp: str, signatures: str, body: bytes, now: datetime) -> bool:
    """Whether one of the signatures is ours for these bytes, and fresh: a copy of an old message proves nothing."""
    if not (message_id and stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    if abs(int(now.timestamp()) - int(stamp)) > TOLERANCE.total_seconds():
        return False
    expected = f"v1,{_digest(secret, message_id, stamp, body)}".encode()
    return any(hmac.compare_digest(expected, given.encode()) for given in signatures.split(" "))


def _digest(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    told = f"{message_id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.new(key_of(secret), told, hashlib.sha256).digest()).decode()
