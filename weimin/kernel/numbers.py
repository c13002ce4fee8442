"""Matter numbers that survive a telephone: QS-2611-000123-7.

County letters, year and month, serial, check digit. The check digit is Damm's: it notices every single wrong digit and
every swap of two neighbouring digits, the check digit itself included. The letters enter as two digits: their sum, and
how many pairs of them stand in alphabetical order; swapping two neighbouring letters changes the second by exactly one
and nothing else, so that is always noticed too. One decimal digit cannot tell 26 letters apart, so a single wrong
letter is noticed about nine times in ten; the rest fail because no county has those letters.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations

from weimin.kernel.words import Mistake, tongue

# H. M. Damm's totally anti-symmetric quasigroup of order 10 (2004).
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_STEPS = [list(map(int, row)) for row in _DAMM]
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−ー_.]+")
_SHAPE = re.compile(r"([A-Z]{2,4})([0-9]{2})([0-9]{2})([0-9]{6}|[1-9][0-9]{6,8})([0-9])")
# 幺 for 一, as everybody on a Chinese telephone line says it: 一 and 七 sound alike.
_DIGITS_ZH = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
_DIGITS_EN = dict(
    zip("0123456789", ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), strict=True)
)


class WrongNumber(Mistake):
    """Not a matter number: SHAPE, MONTH or CHECK."""

    sentences = {
        "SHAPE": {
            "zh": "编号的样子应当是 QS-2611-000123-7：字母、年月、六位数字、一位校验数字。请对照回执再看一遍。",
            "en": "A number looks like QS-2611-000123-7: letters, year and month, six digits, one check digit. "
            "Please compare it with your receipt.",
        },
        "MONTH": {
            "zh": "编号里的月份不对。请对照回执再看一遍。",
            "en": "The month in this number does not exist. Please compare it with your receipt.",
        },
        "CHECK": {
            "zh": "编号里可能有一位写错，或者两位写反了。请对照回执再看一遍。",
            "en": "One digit of this number seems wrong, or two have changed places. "
            "Please compare it with your receipt.",
        },
    }


@dataclass(frozen=True)
class MatterNumber:
    letters: str
    year_month: str
    serial: int
    check: int

    def __str__(self) -> str:
        return f"{self.letters}-{self.year_month}-{self.serial:06d}-{self.check}"


def make(letters: str, day: date, serial: int) -> str:
    """The number of the serial-th matter of that month. The caller sees to it that no serial is given twice."""
    year_month = f"{day.year % 100:02d}{day.month:02d}"
    digits = f"{serial:06d}"
    if not _SHAPE.fullmatch(f"{letters}{year_month}{digits}0"):
        raise WrongNumber("SHAPE")
    return f"{letters}-{year_month}-{digits}-{_check_digit(letters, year_month + digits)}"


def parse(text: str) -> MatterNumber:
    """Read a number as people write it: spaces, full-width signs, small letters and missing hyphens are forgiven."""
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    found = _SHAPE.fullmatch(plain)
    if not found:
        raise WrongNumber("SHAPE")
    letters, year, month, serial, check = found.groups()
    if _check_digit(letters, year + month + serial) != int(check):
        raise WrongNumber("CHECK")
    if not 1 <= int(month) <= 12:
        raise WrongNumber("MONTH")
    return MatterNumber(letters, year + month, int(serial), int(check))


def spoken(number: str | MatterNumber, language: str) -> str:
    """The number digit by digit, in groups, for the telephone and for screen readers."""
    parts = str(number if isinstance(number, MatterNumber) else parse(number)).split("-")
    if tongue(language) == "zh":
        groups = ["".join(_DIGITS_ZH[digit] for digit in part) for part in parts[1:]]
        return "，".join([" ".join(parts[0]), *groups])
    groups = [" ".join(_DIGITS_EN[digit] for digit in part) for part in parts[1:]]
    return ", ".join([" ".join(parts[0]), *groups])


def spoken_pin(pin: str, language: str) -> str:
    """Digit by digit, in threes."""
    threes = [pin[at : at + 3] for at in range(0, len(pin), 3)]
    if tongue(language) == "zh":
        return "，".join("".join(_DIGITS_ZH[digit] for digit in three) for three in threes)
    return ", ".join(" ".join(_DIGITS_EN[digit] for digit in three) for three in threes)


def _check_digit(letters: str, digits: str) -> int:
    state = _begin(letters)
    for digit in map(int, digits):
        state = _STEPS[state][digit]
    return state


@lru_cache(maxsize=256)  # a county has its letters once; who asks for a number may write any
def _begin(letters: str) -> int:
    order = sum(first < second for first, second in combinations(letters, 2))
    return _STEPS[_STEPS[0][sum(map(ord, letters)) % 10]][order]
