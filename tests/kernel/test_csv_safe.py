"""Cells that would run are tamed, and come back as they were."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weimin.kernel.csv_safe import restore_cell, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+86 138", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\0", "\n=1", "＝1+1", "＋1", "－1", "＠A", "﹢1", " =1",
        "\u3000=1", "\ufeff=1", "-", "'=1", "''=1", "=cmd|' /C calc'!A0", '-1"', "-5-5",
    ],
)  # fmt: skip
def test_a_formula_gets_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"
    assert restore_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["", "水停了", "-5", "-5.25", "5", "'90s", "a=b", "2026-11-23", "3+4", "'"])
def test_harmless_words_stay(text):
    assert safe_cell(text) == text
    assert restore_cell(text) == text


def test_values_that_are_no_text():
    values = [None, 0, -5, Decimal("-5.50"), date(2026, 11, 23), True]
    assert [safe_cell(value) for value in values] == ["", "0", "-5", "-5.50", "2026-11-23", "True"]


@given(st.text(st.sampled_from("'=+-@\t\r\n\0 ＝1a水\ufeff"), max_size=8) | st.text(max_size=20))
def test_every_text_comes_back_exactly(text):
    assert restore_cell(safe_cell(text)) == text
