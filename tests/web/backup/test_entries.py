"""An entry gives the same line for the digest, from whichever database or archive it is read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from weimin.web.backup.entries import told

BODY = (
    '{"about":"matter:QS-2611-000123-7","at":"2026-11-23T04:00:00.500000Z","by":"post:QS-01",'
    f'"commitment":"sha256:{7:064x}","county":"990101","v":1,"what":"matter.receive"}}'
)
WORDS = ("matter.receive", "matter:QS-2611-000123-7", "post:QS-01")
DIGEST = bytes.fromhex(f"{7:064x}")
HERE = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    "row",
    [
        (12, "2026-11-23 04:00:00.500000", *WORDS, DIGEST),
        (12, datetime(2026, 11, 23, 4, 0, 0, 500000), *WORDS, DIGEST),  # noqa: DTZ001 -- as Django's cursor gives it
        (12, datetime(2026, 11, 23, 12, 0, 0, 500000, HERE), *WORDS, DIGEST),
        (12, datetime(2026, 11, 23, 4, 0, 0, 500000, UTC), *WORDS, memoryview(DIGEST)),
        ("12", "2026-11-23 12:00:00.5+08", *WORDS, f"\\x{7:064x}"),
        ("12", "2026-11-23T04:00:00Z", "990101", *WORDS, f"sha256:{7:064x}", BODY),
    ],
    ids=["a file of SQLite", "SQLite", "PostgreSQL", "memory", "a dump", "an archive of before short rows"],
)
def test_every_source_gives_the_same_line(row):
    assert list(told([row], county="990101")) == [(12, BODY)]
