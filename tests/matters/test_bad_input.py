"""Bad input by every way in: a clear error in the reader's language, and nothing changed.

Each case says what is wrong with an otherwise right message; bad_input.csv holds the status and the exact words that
come back in Chinese and English. A repeat under the same key stands in test_api.py, test_api_files.py and
test_portal_filing.py; years whose calendar cannot be right in tests/county/test_calendar.py.
"""

import csv
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management.base import CommandError

from tests.cast import NOON
from tests.matters import bad_input as b
from weimin.kernel import clock

with Path(__file__).with_name("bad_input.csv").open(encoding="utf-8", newline="") as file:
    TOLD = {row["case"]: row for row in csv.DictReader(file)}
LONG = "字" * 4001
REPLY = {"facts": "修好了", "reasons": "老化", "rule": "条例", "appeal_route": "县信访局"}
FEBRUARY_30 = "2026-02-30T12:00"
NEXT_YEAR = "2026-12-30T12:00"
CASES = {
    "portal empty": lambda w: w.portal(text=""),
    "portal over-long": lambda w: w.portal(text=LONG),
    "portal NUL": lambda w: w.portal(text="水\x00管"),
    "portal control": lambda w: w.portal(text="水\x01管"),
    "portal broken UTF-8": lambda w: w.portal(text=b.BROKEN),
    "portal unknown kind": lambda w: w.portal("file/kind", kind="NONE"),
    "portal unknown place": lambda w: w.portal("file/where", place="999"),
    "portal no way to be reached": lambda w: w.portal("file/reach", identity="HANDLER", reach_by="SMS"),
    "portal huge file": lambda w: w.portal("file/where", files=[b.huge()]),
    "portal false file": lambda w: w.portal("file/where", files=[b.false()]),
    "portal too many pixels": lambda w: w.portal("file/where", files=[b.photo(10_000, 5_001)]),
    "portal wrong PIN": lambda w: w.pin("654321"),
    "portal wrong PIN too often": lambda w: w.pin("654321", times=6),
    "portal unknown grade": lambda w: w.receipt("rate", resolved="YES", grade="9"),
    "portal act out of time": lambda w: w.receipt("rate", "HANDLED", resolved="YES", grade="5"),
    "portal broken words": lambda w: w.receipt("reopen", reason=b.BROKEN),
    "desk empty": lambda w: w.entry(text=""),
    "desk over-long": lambda w: w.entry(text=LONG),
    "desk NUL": lambda w: w.entry(text="水\x00管"),
    "desk broken UTF-8": lambda w: w.entry(text=b.BROKEN),
    "desk unknown kind": lambda w: w.entry(kind="NONE"),
    "desk unknown place": lambda w: w.entry(place="999"),
    "desk impossible date": lambda w: w.act("contact", at=FEBRUARY_30, channel="PHONE", outcome="REACHED"),
    "desk future date": lambda w: w.act("contact", at=NEXT_YEAR, channel="PHONE", outcome="REACHED"),
    "desk past promise": lambda w: w.act("answer", **REPLY, promise="换管", promise_due_on="2026-01-01"),
    "desk stale form": lambda w: w.act("note", version=1, words="话"),
    "desk ended post": lambda w: w.ended_post(),
    "desk unknown matter": lambda w: w.act("merge", "RECEIVED", "li", main="QS-2609-999999-9", reason="同"),
    "rest empty": lambda w: w.rest(text=""),
    "rest over-long": lambda w: w.rest(text=LONG),
    "rest NUL": lambda w: w.rest(text="水\x00管"),
    "rest broken UTF-8": lambda w: w.rest(body=b'{"text": "' + b.BROKEN + b'"}'),
    "rest half a character": lambda w: w.rest(text="\ud800"),
    "rest unknown kind": lambda w: w.rest(kind="NONE"),
    "rest unknown place": lambda w: w.rest(place="999"),
    "rest impossible date": lambda w: w.verb("contact", at="2026-02-30T12:00:00+08:00", outcome="REACHED"),
    "rest future date": lambda w: w.verb("contact", at="2026-12-30T12:00:00+08:00", outcome="REACHED"),
    "rest past promise": lambda w: w.verb("answer", **REPLY, promise="换管", promise_due_on="2026-01-01"),
    "rest huge file": lambda w: w.file(b.huge()),
    "rest false file": lambda w: w.file(b.false()),
    "rest no key of its own": lambda w: w.rest(idempotency=""),
    "rest crossed key": lambda w: w.crossed(),
    "rest ended post": lambda w: w.ended_key(),
    "open311 over-long": lambda w: w.open311(description=LONG),
    "open311 NUL": lambda w: w.open311(description="水\x00管"),
    "open311 broken UTF-8": lambda w: w.open311(description=b.BROKEN),
    "open311 unknown kind": lambda w: w.open311(service_code="NONE"),
    "open311 unknown place": lambda w: w.open311(address_id="999"),
    "open311 impossible date": lambda w: w.open311(query="start_date=2026-02-30T00:00:00Z"),
    "open311 update empty": lambda w: w.open311("servicerequestupdates", description=""),
    "open311 wrong key": lambda w: w.open311(api_key="wrong"),
    "csv empty": lambda w: w.table(what=""),
    "csv NUL": lambda w: w.table(what="\x00"),
    "csv unknown kind": lambda w: w.table(**{"class": "天上的事"}),
    "csv unknown place": lambda w: w.table(where="月亮"),
    "csv impossible date": lambda w: w.table(opened="2026/13/45"),
    "csv future date": lambda w: w.table(opened="2999/1/7"),
    "csv no number": lambda w: w.table(id=""),
}


def test_every_case_stands_in_the_table_and_no_other():
    assert list(TOLD) == list(CASES)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("case", CASES)
def test_it_is_told_and_nothing_has_changed(cast, client, tmp_path, monkeypatch, case, language):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    cache.clear()  # wrong tries and keys of other tests are counted there
    way = b.Way(cast, client, language, tmp_path)
    answer = CASES[case](way)
    assert b.counts() == way.before
    assert answer == (int(TOLD[case]["status"]), TOLD[case]["zh" if language == "zh-hans" else "en"])


def test_a_file_that_is_no_utf_8_is_told_before_its_first_row(cast, client, tmp_path):
    way = b.Way(cast, client, "en", tmp_path)
    with pytest.raises(CommandError, match="cannot be read as UTF-8 CSV; nothing was imported"):
        way.table(raw=b"id,what,class,where,opened\n1," + b.BROKEN)
    assert b.counts() == way.before
