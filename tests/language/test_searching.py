"""Words are found however they are written, and only where they stand."""

import pytest

from weimin.language import postings
from weimin.language.searching import Word, excerpt, term, terms_of, words_of


def test_pairs_of_a_run_and_its_last_sign_are_terms():
    assert terms_of("水管爆裂，急") == {term("水", "管"), term("管", "爆"), term("爆", "裂"), term("裂"), term("急")}
    assert terms_of("", "！？ \n") == set()


def test_no_term_goes_across_a_sign_or_from_text_to_text():
    across = term("管", "爆")
    assert across not in terms_of("水管，爆裂") | terms_of("水管\n爆裂") | terms_of("水管", "爆裂")


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("水管", "门口水管坏了"),
        ("水", "停水"),
        ("ＷＩＦＩ", "wifi 连不上"),
        ("12号", "１２號楼漏水"),
        ("b7区", "Ｂ7區没有路灯"),
        ("區", "小区"),
        ("𠮷家", "𠮷家村"),
        ("👍", "修好了👍"),
        ("a-1", "在 A-1 门"),
    ],
)
def test_whatever_has_a_word_has_its_terms(asked, text):
    (word,) = words_of(asked)
    assert word.is_in(text)
    assert word.pairs <= terms_of(text)
    assert word.pairs or set(word.beginning) & terms_of(text)


def test_terms_are_not_yet_the_word():
    (word,) = words_of("供水管")
    assert word.pairs <= terms_of("自来供水，水管坏了")
    assert not word.is_in("自来供水，水管坏了")


def test_words_are_typed_with_spaces_between_each_once_and_at_most_six():
    assert words_of("  路灯　路灯 Ａ ") == [Word("路灯"), Word("a")]
    assert [word.folded for word in words_of("1 2 3 4 5 6 7")] == list("123456")
    assert words_of("。")[0].beginning is None


def test_an_excerpt_marks_every_place_and_tells_where_it_is_cut():
    text = "村口" + "的路很长" * 10 + "，路燈坏了三盏，路灯修了又坏" + "。" * 200
    pieces = excerpt(text, words_of("路灯"), before=4, length=20)
    assert [piece for piece, is_hit in pieces if is_hit] == ["路燈", "路灯"]
    assert pieces[0] == ("…", False) == pieces[-1]
    assert "".join(piece for piece, _is_hit in pieces) == f"…{text[39:59]}…"
    assert excerpt("短", words_of("无")) == [("短", False)]


def test_postings_come_back_as_they_were():
    held = {term("水", "管"): postings.numbers([1, 2, 9]), term("管"): postings.numbers([2**48])}
    held[term("的")] = postings.numbers(range(5, 5000, 3))
    rows = list(postings.rows_of(held))
    assert [(first, count) for first, count, _body in rows] == [
        (term("水", "管"), 3), (term("的"), 1665), (term("管"), 1)
    ]  # fmt: skip
    assert {key: found for _first, _count, body in rows for key, found in postings.read(body)} == held
    assert postings.read_term(rows[0][2], term("水", "管")) == postings.numbers([1, 2, 9])
    assert postings.read_term(rows[0][2], term("水")) == postings.numbers()
