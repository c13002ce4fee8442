"""One way of writing: what looks alike to a resident is alike to a search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weimin.language.folding import fold


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＢ區，３號", "ab区,3号"),
        ("路燈壞了", "路灯坏了"),
        ("乾旱", "干旱"),
        ("Ａ３縣　星沙鎮", "a3县 星沙镇"),
        ("① ㎡", "1 ㎡"),
        ("😀 कखग", "😀 कखग"),
        ("", ""),
    ],
)
def test_what_looks_alike_is_written_alike(written, folded):
    assert fold(written) == folded


@given(st.text())
def test_a_mark_in_the_folded_text_is_at_the_same_place_in_the_written_one(text):
    assert len(fold(text)) == len(text)


def test_folding_twice_changes_nothing():
    plane = "".join(map(chr, range(0x10000)))
    assert fold(fold(plane)) == fold(plane)
