"""What the ledger hashes: content in JSON's few kinds, written in the one way of RFC 8785.

What the house itself says – names in ASCII, no fractions – orjson writes to the same byte, many times as fast.
Everything else goes the slow way, which is the rule. `tests/ledger/test_canonical.py` holds the two together.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any
from uuid import UUID

import orjson
import rfc8785

_AS_IT_IS = frozenset({str, int, bool, NoneType})
# Whole numbers beyond 2⁵³ are an error here, as in RFC 8785; which error, the slow way says.
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


class _Unusual(Exception):
    """Something that orjson might write or sort in another way."""


def canonical(content: Any) -> bytes:
    """The bytes that are hashed; rfc8785.CanonicalizationError if there are none for this content."""
    try:
        return orjson.dumps(_plain(content, True), option=_OPTIONS)
    except (_Unusual, orjson.JSONEncodeError):
        return rfc8785.dumps(_plain(content, False))


def commitment_of(digest: bytes) -> str:
    """As it is shown and handed on: 32 bytes with the name of their hash."""
    return f"sha256:{digest.hex()}"


def body_of(*, at: datetime, what: str, about: str, by: str, digest: bytes, county: str) -> str:
    """An entry as it is hashed. It stands nowhere: the columns say all of it, and other bytes would be `"v":2`."""
    named = {"at": at, "what": what, "about": about, "by": by, "commitment": commitment_of(digest), "county": county}
    return canonical({"v": 1, **named}).decode()


def _said(value: date | Decimal | UUID) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return str(value)


def _named(value: Mapping[Any, Any], usual: bool) -> dict[str, Any]:
    named = {
        str(key): part if type(part) in _AS_IT_IS else _plain(part, usual)  # spares a call for most parts
        for key, part in value.items()
    }
    if usual and not "".join(named).isascii():
        raise _Unusual
    return named


def _plain(value: Any, usual: bool) -> Any:
    """The same value in JSON's few kinds; moments in UTC, so that a server's zone changes no hash."""
    if type(value) in _AS_IT_IS:
        return value
    match value:
        case str():
            return str(value)  # a word of an enumeration becomes the plain word
        case dict() | Mapping():
            return _named(value, usual)
        case list() | tuple():
            return [_plain(part, usual) for part in value]
        case date() | Decimal() | UUID():
            return _said(value)
        case int():
            return int(value)
        case _ if usual:
            raise _Unusual
        case _:
            return value
