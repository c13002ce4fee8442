"""The words by which a resident is found: beginnings of the name, its sounds, the telephone; kept as digests only."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from weimin.county.pinyin import read

FEWEST, FEWEST_DIGITS, MOST = 2, 3, 12  # signs of a beginning; a longer question is asked by its first twelve


class Person(Protocol):
    name: str
    phone: str


def plain_phone(written: str) -> str:
    """`+86 139-0000-0001` → `13900000001`."""
    digits = "".join(sign for sign in written if sign.isascii() and sign.isdigit())
    return digits.removeprefix("86") if len(digits) == 13 else digits


def phone_word(resident: Person) -> list[str]:
    """The whole telephone, by which a text message finds who sent it."""
    phone = plain_phone(resident.phone)
    return [phone] if phone else []


def search_words(resident: Person) -> list[str]:
    """Every beginning a clerk may type, each with the sign of its kind."""
    words = {f"n{part}" for part in _beginnings(_plain(resident.name), FEWEST)}
    words |= {f"p{part}" for part in _beginnings(plain_phone(resident.phone), FEWEST_DIGITS)}
    words |= {f"y{part}" for sound in sounds(resident.name) for part in _beginnings(sound, FEWEST)}
    return sorted(words)


def asked_words(typed: str) -> list[str]:
    """What was typed, as each of the kinds it may be; none if it is too short."""
    plain, phone = _plain(typed), plain_phone(typed)
    asked = [f"{kind}{plain[:MOST]}" for kind in "ny"] if len(plain) >= FEWEST else []
    if len(phone) >= FEWEST_DIGITS and not any(sign.isalpha() for sign in typed):
        asked.append(f"p{phone[:MOST]}")
    return asked


def fits(resident: Person, typed: str) -> bool:
    """Whether it is one of those asked for: digests are short, so some others come along by chance."""
    plain, phone = _plain(typed), plain_phone(typed)
    return bool(
        _plain(resident.name).startswith(plain)
        or any(sound.startswith(plain) for sound in sounds(resident.name))
        or (phone and not any(sign.isalpha() for sign in typed) and plain_phone(resident.phone).startswith(phone))
    )


@lru_cache(maxsize=4096)
def sounds(name: str) -> tuple[str, ...]:
    """From each syllable on, in full and by initials: 王桂芳 by wangguifang, guifang, fang, wgf, gf."""
    parts = read(name)
    full, first = [_plain(sound) for sound, _initial in parts], [_plain(initial) for _sound, initial in parts]
    found = ["".join(parts[at:]) for parts in (full, first) for at in range(len(parts))]
    return tuple(dict.fromkeys(word for word in found if word))


def _beginnings(word: str, fewest: int) -> Iterator[str]:
    return (word[:length] for length in range(fewest, min(len(word), MOST) + 1))


def _plain(words: str) -> str:
    return "".join(words.lower().split())
