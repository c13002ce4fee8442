"""Pinyin for search: "水管爆裂" is found by "shuiguan", by "sgbl", and by its characters."""

import os
from functools import cache
from importlib import import_module
from typing import Any


@cache
def _library() -> Any:
    """pypinyin, once a name is first written: its phrases take 50 MB, and most processes only search names."""
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")  # we add no readings of our own
    return import_module("pypinyin")


def syllables(text: str) -> str:
    """水管 → shuiguan. What is no Chinese stays as it is."""
    return "".join(_library().lazy_pinyin(text)).lower()


def initials(text: str) -> str:
    """水管 → sg."""
    return "".join(_library().lazy_pinyin(text, style=_library().Style.FIRST_LETTER)).lower()


def search_words(*texts: str, limit: int = 300) -> str:
    """Syllables run together and initials of each text, lower case, for a column that is searched by icontains."""
    parts = [part for text in texts if text for part in (syllables(text), initials(text))]
    words = " ".join(dict.fromkeys(" ".join(parts).split()))
    return words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0]
