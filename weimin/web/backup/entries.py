"""The ledger's entries as the digest of an archive is taken over them: number and canonical JSON, from any source."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from weimin.ledger.canonical import body_of

ENTRIES = "SELECT * FROM ledger_entry ORDER BY id"
# Archives of before ledger.0003 hold the body itself.
_EARLIER = ["id", "at", "county", "what", "about", "by", "commitment", "body"]


def told(rows: Iterable[Sequence[Any]], *, county: str) -> Iterator[tuple[int, str]]:
    """The whole columns of each row, in the order of the table; as a database gives them, or as COPY writes them."""
    for row in rows:
        if len(row) == len(_EARLIER):
            yield int(row[0]), row[-1]
        else:
            number, at, what, about, by, digest = row
            yield (
                int(number),
                body_of(at=_moment(at), what=what, about=about, by=by, digest=_bytes(digest), county=county),
            )


def _moment(at: str | datetime) -> datetime:
    """PostgreSQL names a zone; SQLite holds UTC without saying so."""
    read = datetime.fromisoformat(at) if isinstance(at, str) else at
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _bytes(digest: str | bytes) -> bytes:
    return bytes.fromhex(digest.removeprefix("\\x")) if isinstance(digest, str) else bytes(digest)
