"""When a delivery that failed is tried again: the waits that Standard Webhooks recommends, spread a little."""

from datetime import datetime, timedelta
from hashlib import sha256

# After the first, second, third … failure. Ten tries in three days and four hours; then it is a dead letter.
WAITS = (
    timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
_SPREAD = 0.2


def next_try(message_id: str, *, attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many failures; None after the last.

    Up to a fifth longer, by the hash of the message and the try: what failed together does not come back together.
    """
    if attempts > len(WAITS):
        return None
    share = int.from_bytes(sha256(f"{message_id}:{attempts}".encode()).digest()[:4]) / 2**32
    return now + WAITS[attempts - 1] * (1 + _SPREAD * share)
