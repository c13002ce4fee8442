"""What is hashed: the fast way and the slow way write the same bytes, whatever is said."""

from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from uuid import UUID

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from weimin.ledger import canonical as ways
from weimin.ledger.canonical import canonical

EAST = timezone(timedelta(hours=8))


class Word(StrEnum):
    HELP = "HELP"


class Grade(IntEnum):
    BEST = 5


# What the two writers were given to disagree about: signs beyond U+FFFF sort differently in UTF-8 and in UTF-16,
# fractions and whole numbers past 2⁵³ are written differently or not at all.
TEXTS = st.text() | st.sampled_from(["", "水", "\x00\x1f\x7f\u2028", '"\\/', "\U00020bb7", "\ue000", "\ud800", "a\nb"])
PLAIN = st.none() | st.booleans() | st.integers() | st.integers(2**53 - 3, 2**53 + 3) | st.floats() | TEXTS
CONTENT = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=5), max_leaves=12
)


def outcome(way, content):
    try:
        return way(content)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as wrong:
        return type(wrong)


@given(CONTENT)
def test_both_ways_write_the_same_bytes(content):
    assert outcome(canonical, content) == outcome(rfc8785.dumps, content)


@given(st.dictionaries(st.text(st.characters(max_codepoint=127)), st.text() | st.integers(-(2**53) + 1, 2**53 - 1)))
def test_what_the_house_says_needs_no_slow_way(content):
    assert orjson.dumps(content, option=orjson.OPT_SORT_KEYS) == canonical(content) == rfc8785.dumps(content)


def test_the_house_says_it_the_fast_way(monkeypatch):
    monkeypatch.delattr(ways.rfc8785, "dumps")
    said = canonical(
        {
            "text": "青石村水管爆裂", "at": datetime(2026, 11, 23, 12, tzinfo=EAST), "on": date(2026, 11, 23),
            "fee": Decimal("12.50"), "tags": ("水", 1, None, True), "word": Word.HELP, "grade": Grade.BEST,
            Word.HELP: UUID(int=7), "more": OrderedDict(b=[], a={}),
        }
    )  # fmt: skip
    assert said.decode() == (
        '{"HELP":"00000000-0000-0000-0000-000000000007","at":"2026-11-23T04:00:00.000000Z","fee":"12.50","grade":5,'
        '"more":{"a":{},"b":[]},"on":"2026-11-23","tags":["水",1,null,true],"text":"青石村水管爆裂","word":"HELP"}'
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"lat": 1.0, "long": 1e21, "small": 1e-7}, '{"lat":1,"long":1e+21,"small":1e-7}'),
        ({"\ue000": 1, "\U00020bb7": 2}, '{"\U00020bb7":2,"\ue000":1}'),
        ({"at": datetime(2026, 11, 23, tzinfo=UTC), "x": 0.5}, '{"at":"2026-11-23T00:00:00.000000Z","x":0.5}'),
    ],
)
def test_what_is_unusual_goes_the_slow_way(content, said):
    assert canonical(content).decode() == said


@pytest.mark.parametrize("content", [{"n": 2**53}, {"n": float("nan")}, {"n": "\ud800"}, {"n": b"bytes"}, {"n": EAST}])
def test_what_has_no_canonical_form_is_refused(content):
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical(content)
