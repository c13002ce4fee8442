"""What in the words of a matter would tell strangers who somebody is, as the publisher is shown it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weimin.language.exposing import Exposed, Found, covered, found

LABELS: dict[Exposed, str | Promise] = {
    Exposed.IDENTITY: _("身份证号"),
    Exposed.PHONE: _("电话"),
    Exposed.BANK: _("银行账号"),
    Exposed.ACCOUNT: _("邮箱或网络账号"),
    Exposed.NAME: _("姓名"),
    Exposed.DOOR: _("门牌"),
    Exposed.HEALTH: _("病情"),
}
AROUND = 12  # signs before and after, by which the place is found again


@dataclass(frozen=True)
class Shown:
    """One finding with a few signs around it."""

    label: str | Promise
    before: str
    words: str
    after: str


def shown(*texts: str) -> list[Shown]:
    """Every finding once, where it comes first: a title often says again what the words say."""
    first: dict[tuple[Exposed, str], Shown] = {}
    for text in texts:
        for one in found(text):
            first.setdefault((one.kind, one.words), _in_its_place(text, one))
    return list(first.values())


def _in_its_place(text: str, one: Found) -> Shown:
    begin, end = max(0, one.start - AROUND), one.end + AROUND
    before, after = text[begin : one.start], text[one.end : end]
    return Shown(
        LABELS[one.kind], f"…{before}" if begin else before, one.words, f"{after}…" if end < len(text) else after
    )


def redacted(draft: dict[str, str]) -> dict[str, str]:
    """The draft with everything proposed taken out of the resident's words; the office's own are left to the publisher,
    for a telephone there may be the one to call."""
    return draft | {name: covered(draft[name], found(draft[name])) for name in ("title", "asked")}
