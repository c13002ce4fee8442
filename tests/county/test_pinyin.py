"""Pinyin as pypinyin reads it, out of the same lists in a thirtieth of the memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from weimin.county.pinyin import initials, read, search_words, syllables
from weimin.county.readings import Readings

PHRASES, CHARACTERS = sorted(PHRASES_DICT), [chr(code) for code in PINYIN_DICT]
PIECES = [*PHRASES, *CHARACTERS, *["A", "·", "，", "Li 12", "ü"] * 5000]


def judged(text: str) -> list[tuple[str, str]]:
    return list(zip(lazy_pinyin(text), lazy_pinyin(text, style=Style.FIRST_LETTER), strict=True))


def test_pinyin_reads_words_not_single_characters():
    assert (syllables("重庆银行"), initials("重庆银行")) == ("chongqingyinhang", "cqyh")
    assert search_words("水管爆裂", "") == "shuiguanbaolie sgbl"


@pytest.mark.parametrize("written", [PHRASES, CHARACTERS], ids=["phrases", "characters"])
def test_all_that_pypinyin_knows_is_read_as_it_reads_it(written):
    assert [one for one in written if [sound for sound, _initial in read(one)] != lazy_pinyin(one)] == []


@given(st.lists(st.integers(0, len(PIECES) - 1), min_size=1, max_size=6), st.integers(0, 3))
def test_whatever_is_put_together_is_read_as_pypinyin_reads_it(chosen, begin):
    text = "".join(PIECES[one] for one in chosen)[begin:] or "一"
    assert read(text) == judged(text)


def test_the_beginning_of_a_phrase_alone_is_read_character_by_character():
    lists = (
        '{"19968": "yī", "19969": "dīng,zhēng", "19970": "kǎo"}',
        '{"一丁丂一": [["yí"], ["dīng"], ["kǎo"], ["yì"]]}',
    )
    assert [*Readings(*lists).of("一丁丂")] == ["yi", "ding", "kao"]


def test_phrases_in_another_order_are_refused():
    with pytest.raises(ValueError, match=r"Install the version in constraints\.txt\.$"):
        Readings('{"19968": "yī"}', '{"一一一": [["yī"], ["yī"], ["yī"]], "一一": [["yī"], ["yī"]]}')
