"""What one check has found, in words: how it is, what is lost by it, and how to mend it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHOWN = 6  # names in a sentence; the rest is counted


class Health(IntEnum):
    """The exit code of the command is the worst of them."""

    GOOD = 0
    LOOK = 1
    ILL = 2

    @property
    def label(self) -> Promise:
        return {Health.GOOD: _("正常"), Health.LOOK: _("请留意"), Health.ILL: _("要处理")}[self]

    @property
    def tone(self) -> str:
        return ("done", "soon", "late")[self]

    @property
    def shape(self) -> str:
        return ("check-circle", "info-circle", "exclamation-triangle-fill")[self]


@dataclass(frozen=True)
class Finding:
    """`what` is always said; what is good loses nothing and needs no mending."""

    health: Health
    what: str
    lost: str = ""
    mend: str = ""


@dataclass(frozen=True)
class Check:
    """One thing to look at. `deep` reads much and is done only when asked for."""

    code: str
    title: Promise
    look: Callable[[datetime], Finding]
    deep: bool = False


@dataclass(frozen=True)
class Result:
    check: Check
    finding: Finding

    def as_json(self) -> dict[str, Any]:
        told = asdict(self.finding) | {"health": self.finding.health.name}
        return {"check": self.check.code, "title": str(self.check.title), **told}


def good(what: object) -> Finding:
    return Finding(Health.GOOD, str(what))


def look(what: object, *, lost: object, mend: object) -> Finding:
    return Finding(Health.LOOK, str(what), str(lost), str(mend))


def ill(what: object, *, lost: object, mend: object) -> Finding:
    return Finding(Health.ILL, str(what), str(lost), str(mend))


def some(words: list[str]) -> str:
    """`A, B, C …(+12)`: a sentence stays a sentence."""
    more = f" …(+{len(words) - SHOWN})" if len(words) > SHOWN else ""
    return ", ".join(words[:SHOWN]) + more
