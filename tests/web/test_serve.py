"""The server divides into workers only after the house is built, and shares no connection with them."""

import gc

from config import serve
from weimin.county.pinyin import initials, search_words, syllables


def test_what_is_built_before_the_division_asks_the_database_nothing(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        serve.build()
    assert gc.get_freeze_count() > 100_000
    gc.unfreeze()
    assert serve.built("config.wsgi:application") is serve.application


def test_pinyin_reads_words_not_single_characters():
    assert (syllables("重庆银行"), initials("重庆银行")) == ("chongqingyinhang", "cqyh")
    assert search_words("水管爆裂", "") == "shuiguanbaolie sgbl"
