"""One way of writing for whatever is compared: half width, lower case, simplified, sign by sign.

The folded text is as long as the written one, so that what is found in it is marked at the same place in the other.
"""

import unicodedata
from functools import cache
from pathlib import Path

_TRADITIONAL = Path(__file__).with_name("traditional.txt")


def fold(text: str) -> str:
    """`ＡＢ區` → `ab区`; the same length. A sign that becomes several (㍿, ﬁ) stays as it is."""
    return text.translate(_signs())


class _Signs(dict[int, str]):
    """What stays as it is is remembered too: `translate` asks for every sign, and not to find costs twice."""

    def __missing__(self, number: int) -> str:
        sign = chr(number)
        if number < 0x10000:
            self[number] = sign
        return sign


@cache
def _signs() -> dict[int, str]:
    """Every sign of the basic plane that is written otherwise here, and how: about 5,000."""
    simplified = _simplified()
    folded = _Signs()
    for number in range(0x80, 0xFFFF):
        written = chr(number)
        plain = unicodedata.normalize("NFKC", written)
        plain = simplified.get(plain, plain)
        # 薴 becomes 苧, which itself is written 苎: all three are one
        plain = simplified.get(plain, plain).lower()
        if plain != written and len(plain) == 1:
            folded[number] = plain
    folded |= {number: chr(number).lower() for number in range(ord("A"), ord("Z") + 1)}
    return folded


def _simplified() -> dict[str, str]:
    lines = _TRADITIONAL.read_text(encoding="utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return dict(zip(pairs[::2], pairs[1::2], strict=True))
