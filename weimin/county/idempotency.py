"""A creating request with an Idempotency-Key is carried out once; a repeat gets the first answer, byte for byte.

The answer is kept in the transaction of the act itself: there is no moment at which one is durable and the other not.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, InternalError, OperationalError, connection
from django.utils.translation import gettext_lazy as _

from weimin.kernel.chosen import current_code
from weimin.kernel.failpoint import failpoint
from weimin.kernel.refusal import Refused

from .bulk import new_row
from .models import AnsweredRequest
from .together import for_one_act, insert_together, prepared_cursor

LONGEST_KEY = 120

_busy: set[tuple[str, str, str]] = set()
_busy_lock = threading.Lock()


@dataclass(frozen=True)
class Answered:
    """What was sent back."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    repeated: bool = False


@dataclass
class _Claim:
    """The request that is being carried out, whether its answer is written already, and whether only COMMIT is left."""

    scope: str
    key: str
    digest: str
    now: datetime
    is_kept: bool = False
    is_carried_out: bool = False


_claim: ContextVar[_Claim | None] = ContextVar("claimed_request", default=None)


def answer_once(
    *, scope: str, key: str, payload: bytes, now: datetime, act: Callable[[], Answered], mostly_new: bool = False
) -> Answered:
    """Carry out `act` unless this key was answered before.

    `mostly_new` is for an act that depends on nothing before it, as intake: whether its key was answered is asked only
    when it fails, as it must where the answer's row is there already. It must keep its answer by `kept_with`.

    `payload` is what tells a repeat from another request. Refused KEY_MISSING (400), KEY_REUSED with another payload
    (422), IN_PROGRESS (409). If `act` raises, nothing is kept and the key may be used again. UNCERTAIN (503) if the
    database failed at COMMIT, when it may have been kept or not: the repeat under the same key finds out.
    """
    claim = _Claim(scope, checked_key(key), sha256(payload).hexdigest(), now)
    failpoint("before_validate")
    with _claimed(claim):
        try:
            answered = _carried_out(claim, act, look_first=not mostly_new)
        except (IntegrityError, Refused):
            before = _looked_up(claim) if mostly_new else None
            if before is None:
                raise
            return before
        except (InternalError, OperationalError) as trouble:
            if not claim.is_carried_out:
                raise
            raise Refused(
                "UNCERTAIN", _("还不能确定这次是否办成，请过几秒用同一个 Idempotency-Key 再发一次，不会重复办理。")
            ) from trouble
    failpoint("after_commit")
    return answered


def _carried_out(claim: _Claim, act: Callable[[], Answered], *, look_first: bool) -> Answered:
    try:
        with for_one_act():
            before = _answered_before(claim) if look_first else None
            if before is not None:
                return _as_before(before, claim)
            failpoint("after_claim")
            answered = act()
            if not claim.is_kept:
                insert_together(_row(answered, claim))
            failpoint("before_commit")
            claim.is_carried_out = True
    except IntegrityError as trouble:
        if look_first and _answered_meanwhile(claim):
            raise Refused("IN_PROGRESS", _("同一个请求正在处理，请稍候再查。")) from trouble
        raise
    return answered


def _looked_up(claim: _Claim) -> Answered | None:
    """What this key was answered, after an act under it failed: by then whoever was before us is done."""
    with for_one_act():
        before = _answered_before(claim)
    return None if before is None else _as_before(before, claim)


def kept_with(answered: Answered) -> AnsweredRequest | None:
    """The answer as a row, for a verb that inserts all its rows in one statement; None outside `answer_once`.

    Before: the verb has all it will answer.  After: nothing more is written for this answer, so the row must be
    inserted.  Who: whoever answers.
    """
    claim = _claim.get()
    if claim is None:
        return None
    claim.is_kept = True
    return _row(answered, claim)


def _row(answered: Answered, claim: _Claim) -> AnsweredRequest:
    return new_row(
        AnsweredRequest,
        scope=claim.scope,
        key=claim.key,
        payload_digest=claim.digest,
        status=answered.status,
        content_type=answered.content_type,
        headers=answered.headers,
        body=answered.body.decode(),
        answered_at=claim.now,
    )


def _as_before(before: AnsweredRequest, claim: _Claim) -> Answered:
    if before.payload_digest != claim.digest:
        raise Refused("KEY_REUSED", _("这个 Idempotency-Key 已用于另一份内容，请换一个新的。"))
    return Answered(before.status, before.content_type, before.body.encode(), before.headers, repeated=True)


def _answered_meanwhile(claim: _Claim) -> bool:
    """Whether another process committed between our look and our claim: nothing of ours stays, and the repeat finds
    theirs."""
    return AnsweredRequest.objects.filter(scope=claim.scope, key=claim.key).exists()


def checked_key(key: str) -> str:
    """The key as it was sent; Refused KEY_MISSING if it is none."""
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        raise Refused("KEY_MISSING", _("请带上 Idempotency-Key（1 到 120 个字符），网络中断后重发才不会重复办理。"))
    return key


@contextmanager
def _claimed(claim: _Claim) -> Iterator[None]:
    """Within this process one request a key at a time."""
    name = (current_code(), claim.scope, claim.key)
    with _busy_lock:
        if name in _busy:
            raise Refused("IN_PROGRESS", _("同一个请求正在处理，请稍候再查。"))
        _busy.add(name)
    token = _claim.set(claim)
    try:
        yield
    finally:
        _claim.reset(token)
        with _busy_lock:
            _busy.discard(name)


def _answered_before(claim: _Claim) -> AnsweredRequest | None:
    """What this key was answered, if it was; Refused IN_PROGRESS while another process still works on it.

    On PostgreSQL the same statement claims the key until the transaction ends. SQLite has one writer at a time by
    itself.
    """
    if connection.vendor != "postgresql":
        return AnsweredRequest.objects.filter(scope=claim.scope, key=claim.key).first()
    name = f"{current_code()}:{claim.scope}:{claim.key}"
    number = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
    table = AnsweredRequest._meta.db_table
    with prepared_cursor() as cursor:
        cursor.execute(
            f"SELECT pg_try_advisory_xact_lock(%s), (SELECT id FROM {table} WHERE scope = %s AND key = %s)",  # noqa: S608
            [number, claim.scope, claim.key],
        )
        free, pk = cursor.fetchone()
    if not free:
        raise Refused("IN_PROGRESS", _("同一个请求正在处理，请稍候再查。"))
    return None if pk is None else AnsweredRequest.objects.get(pk=pk)
