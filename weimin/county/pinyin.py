"""Pinyin for search: "水管爆裂" is found by "shuiguan", by "sgbl", and by its characters."""

from pypinyin import Style, lazy_pinyin


def search_words(*texts: str, limit: int = 300) -> str:
    """Syllables run together and initials of each text, lower case, for a column that is searched by icontains."""
    parts: list[str] = []
    for text in texts:
        if text:
            parts.append("".join(lazy_pinyin(text)).lower())
            parts.append("".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower())
    words = " ".join(dict.fromkeys(" ".join(parts).split()))
    return words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0]
