"""Words people write and read: one way to clean what comes in, one way to say what is wrong with it."""

import re
import unicodedata
from collections.abc import Mapping
from typing import ClassVar, Literal

Tongue = Literal["zh", "en"]


def tongue(language: str) -> Tongue:
    """Which of our two languages a code such as zh-hans, zh_CN or en-gb asks for."""
    return "zh" if language.lower().startswith("zh") else "en"


class Mistake(ValueError):
    """Something a person wrote that we cannot use. Carries a code for programs and a sentence for people."""

    sentences: ClassVar[Mapping[str, Mapping[Tongue, str]]] = {}

    def __init__(self, code: str, **details: object) -> None:
        self.code = code
        self.details = details
        super().__init__(self.words("en"))

    def words(self, language: str) -> str:
        return self.sentences[self.code][tongue(language)].format(**self.details)


class BadText(Mistake):
    """Text that cannot be taken in: EMPTY, TOO_LONG, CONTROL or BROKEN."""

    sentences = {
        "EMPTY": {"zh": "这里还没有写内容。", "en": "There are no words here yet."},
        "TOO_LONG": {
            "zh": "最多 {limit} 个字，现在有 {length} 个字，请缩短一些。",
            "en": "At most {limit} characters fit; this has {length}. Please shorten it.",
        },
        "CONTROL": {
            "zh": "文字里有看不见的控制字符，请删去后重写，或改用纯文字粘贴。",
            "en": "The text holds invisible control characters. Please retype it or paste it as plain text.",
        },
        "BROKEN": {
            "zh": "文字的编码不完整，请重新输入。",
            "en": "The encoding of the text is broken. Please type it again.",
        },
    }


# CRLF and the separators of word processors all mean: a new line.
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
# U+FFFE and U+FFFF are no characters, and XML cannot carry them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
# Halves of characters, and the mark that a decoder leaves where bytes were no UTF-8.
_BROKEN = re.compile("[\ud800-\udfff\ufffd]")


def clean_text(text: str, *, limit: int) -> str:
    """The text as we keep it: composed (NFC), trimmed, its line breaks kept; BadText if it cannot be kept."""
    if _BROKEN.search(text):
        raise BadText("BROKEN")
    text = _LINE_ENDS.sub("\n", text)
    if _FORBIDDEN.search(text):
        raise BadText("CONTROL")
    text = unicodedata.normalize("NFC", text).strip()
    # Zero-width characters alone are as empty as nothing at all.
    if all(character.isspace() or unicodedata.category(character) == "Cf" for character in text):
        raise BadText("EMPTY")
    if len(text) > limit:
        raise BadText("TOO_LONG", limit=limit, length=len(text))
    return text


def first_words(text: str, n: int = 24) -> str:
    """The beginning of a text on one line, at most n characters and a mark that there is more."""
    line = " ".join(text.split())
    if len(line) <= n:
        return line
    cut = line[:n]
    # A word written in letters is not cut in two; Chinese has no such seam.
    if cut[-1].isascii() and line[n].isascii() and line[n] != " " and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip() + "…"
