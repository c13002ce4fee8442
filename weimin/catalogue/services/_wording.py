"""What an article says: plain words, a short address, and what the ledger is given of them."""

import re
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from weimin.county.pinyin import initials
from weimin.kernel.refusal import Refused

from ..models import ArticleChange

_MARKUP = re.compile(r"</?[a-zA-Z][^>]*>")
_BETWEEN = re.compile(r"[\s,，、;；]+")  # people part their words as they like; search wants single blanks
_LINK = re.compile(r"://|\bwww\.", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """What an article says. The English may wait; the Chinese may not."""

    title_zh: str
    answer_zh: str
    source_zh: str
    title_en: str = ""
    answer_en: str = ""
    source_en: str = ""
    keywords: str = ""


def plain(words: Words) -> Words:
    """The words trimmed, one paragraph a line; no mark-up, which would be read aloud, and no links in the source."""
    trimmed = Words(**{
        name: "\n".join(line.strip() for line in text.splitlines() if line.strip())
        for name, text in asdict(words).items()
    })  # fmt: skip
    trimmed = replace(trimmed, keywords=_BETWEEN.sub(" ", trimmed.keywords).strip())
    for name in ("title_zh", "answer_zh", "source_zh"):
        if not getattr(trimmed, name):
            raise Refused("EMPTY", _("问题、解答和依据都要写。"), field=name)
    for name, text in asdict(trimmed).items():
        if _MARKUP.search(text):
            raise Refused("MARKUP", _("请只写文字分段，不要带网页代码。"), field=name)
    for name in ("source_zh", "source_en"):
        if _LINK.search(getattr(trimmed, name)):
            raise Refused("LINK", _("依据请写文件名称和条款，不要写网址，网址会失效。"), field=name)
    return trimmed


def code_of(title: str, *, taken: Collection[str]) -> str:
    """A short address for a question: its pinyin initials, with a number where others begin alike."""
    stem = re.sub("[^a-z0-9]", "", initials(title))[:24] or "w"
    numbers = (f"{stem}-{n}" for n in range(2, len(taken) + 3))
    return stem if stem not in taken else next(code for code in numbers if code not in taken)


def content_of(change: ArticleChange) -> dict[str, Any]:
    """What the ledger is given of a change: the row itself, so that row and salt open the commitment."""
    return {"act": change.act, "version": change.version, "words": change.words, "reason": change.reason,
            "valid_until": change.valid_until}  # fmt: skip
