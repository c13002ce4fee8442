"""Pinyin for search: "水管爆裂" is found by "shuiguan", by "sgbl", and by its characters."""

from itertools import groupby

from .readings import readings


def read(text: str) -> list[tuple[str, str]]:
    """Syllables with their initials: 水管 → [("shui", "s"), ("guan", "g")]. A run of what is no Chinese stays whole."""
    known, parts = readings(), []
    for chinese, signs in groupby(text, key=known.has):
        run = "".join(signs)
        parts += [(sound, sound[0]) for sound in known.of(run)] if chinese else [(run, run)]
    return parts


def syllables(text: str) -> str:
    """水管 → shuiguan. What is no Chinese stays as it is."""
    return "".join(sound for sound, _initial in read(text)).lower()


def initials(text: str) -> str:
    """水管 → sg."""
    return "".join(initial for _sound, initial in read(text)).lower()


def search_words(*texts: str, limit: int = 300) -> str:
    """Syllables run together and initials of each text, lower case, for a column that is searched by icontains."""
    parts = [part for text in texts if text for part in (syllables(text), initials(text))]
    words = " ".join(dict.fromkeys(" ".join(parts).split()))
    return words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0]
