"""Text as people send it: kept when it can be, refused with a sentence when not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weimin.kernel.words import BadText, clean_text, first_words, tongue


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  青石村自来水停了三天  ", "青石村自来水停了三天"),
        ("第一行\r\n第二行\r第三行\u2028第四行", "第一行\n第二行\n第三行\n第四行"),
        ("cafe\u0301", "café"),
        ("列一\t列二", "列一\t列二"),
        ("\u3000王桂芳\u3000", "王桂芳"),
        ("𠮷和👨\u200d👩\u200d👧", "𠮷和👨\u200d👩\u200d👧"),
        ("\ue000", "\ue000"),  # rare characters of names live in the private area
    ],
)
def test_text_is_kept(text, kept):
    assert clean_text(text, limit=4000) == kept


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "EMPTY"), (" \n\t\u3000", "EMPTY"), ("\u200b\ufeff\u200d", "EMPTY"), ("水", ""), ("水" * 11, "TOO_LONG"),
        ("水\0管", "CONTROL"), ("\x1b[31m水", "CONTROL"), ("水\x1c", "CONTROL"), ("水\x85", "CONTROL"),
        ("水\uffff", "CONTROL"), ("水\ud800", "BROKEN"), ("\ufffd管", "BROKEN"),
    ],
)  # fmt: skip
def test_text_that_cannot_be_kept_is_refused(text, code):
    if not code:
        assert clean_text(text, limit=10) == text
        return
    with pytest.raises(BadText) as refusal:
        clean_text(text, limit=10)
    assert refusal.value.code == code
    assert refusal.value.words("zh").endswith("。")


def test_too_long_says_how_long():
    with pytest.raises(BadText, match="At most 10 characters fit; this has 11"):
        clean_text("水" * 11, limit=10)


@given(st.text(max_size=60))
def test_what_is_kept_stays_the_same_when_cleaned_again(text):
    try:
        kept = clean_text(text, limit=80)
    except BadText:
        return
    assert clean_text(kept, limit=80) == kept
    kept.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("水停了", "水停了"),
        ("水停了\n三天 了", "水停了 三天 了"),
        ("青" * 24, "青" * 24),
        ("青" * 25, "青" * 24 + "…"),
        ("The water in Qingshi village is off", "The water in Qingshi…"),
        ("The water in the village is off", "The water in the village…"),
        ("W" * 30, "W" * 24 + "…"),
    ],
)
def test_first_words(text, shown):
    assert first_words(text) == shown


def test_languages():
    assert [tongue(code) for code in ("zh-hans", "zh_CN", "ZH", "en", "en-gb", "fr")] == ["zh"] * 3 + ["en"] * 3
