"""How long something may take, in the unit the rule is written in."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from weimin.kernel.words import Mistake, Tongue, tongue

LARGEST = 9999


class Unit(StrEnum):
    W = "W"  # working days (工作日)
    N = "N"  # natural days (日)
    H = "H"  # hours, by day and by night
    WH = "WH"  # hours in which the county's offices are open


class WrongLimit(Mistake):
    """A time limit nobody can count."""

    sentences = {
        "SHAPE": {
            "zh": "“{text}”不是期限。请写数字加单位：5W（工作日）、30N（日）、2H（小时）、4WH（工作小时）。",
            "en": "“{text}” is no time limit. Write a number and a unit: 5W (working days), 30N (days), "
            "2H (hours), 4WH (working hours).",
        },
        "AMOUNT": {
            "zh": "期限的数字要在 1 到 9999 之间。",
            "en": "The number of a time limit must lie between 1 and 9999.",
        },
    }


_WORDS: dict[Tongue, dict[Unit, str]] = {
    "zh": {Unit.W: "个工作日", Unit.N: "日", Unit.H: "小时", Unit.WH: "个工作小时"},
    "en": {Unit.W: "working day", Unit.N: "day", Unit.H: "hour", Unit.WH: "working hour"},
}


# (shorter, longer): shorter x first <= longer x second. Five working days never fit into fewer than seven days, and
# a working hour is part of a working day of eight.
_SURELY_WITHIN = {
    (Unit.W, Unit.N): (7, 5),
    (Unit.H, Unit.W): (1, 24),
    (Unit.H, Unit.N): (1, 24),
    (Unit.WH, Unit.W): (1, 8),
}


@dataclass(frozen=True, order=True)
class Limit:
    """Five working days, thirty days, two hours. Ordered as written, not by how long it turns out to be."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int) or not 1 <= self.amount <= LARGEST:
            raise WrongLimit("AMOUNT")

    @classmethod
    def parse(cls, text: str) -> Self:
        found = re.fullmatch(r"([0-9]{1,9})(WH|W|N|H)", text.strip().upper())
        if not found:
            raise WrongLimit("SHAPE", text=text)
        return cls(int(found[1]), Unit(found[2]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    def surely_within(self, other: "Limit") -> bool:
        """Whether this limit ends no later than the other, whatever the calendar."""
        times, into = (1, 1) if self.unit == other.unit else _SURELY_WITHIN.get((self.unit, other.unit), (0, 0))
        return bool(times) and self.amount * times <= other.amount * into

    def words(self, language: str) -> str:
        """ "5 个工作日" or "5 working days"."""
        spoken = tongue(language)
        plural = "s" if spoken == "en" and self.amount != 1 else ""
        return f"{self.amount} {_WORDS[spoken][self.unit]}{plural}"
