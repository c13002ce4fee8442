"""How Chinese is read, phrase by phrase, out of pypinyin's own lists held in 2 MB.

pypinyin itself keeps each of its 47,000 phrases as lists in lists, with a set of all their beginnings: 55 MB, in every
server and every background process. Here they stand sorted in one string, their readings in a row beside it, and the
answers are the same (`tests/county/test_pinyin.py` asks both).
"""

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_CHARACTER = re.compile(r'"([0-9]+)":\s*"([^",]+)')  # of several readings the first is the usual one
_PHRASE = re.compile(r'"([^"]+)":\s*\[((?:\s*\[[^\]]*\],?)*)\s*\]')
_SYLLABLE = re.compile(r'\[\s*"([^"]*)"')
_FIRST = 0x3007  # 〇, the first of all that are read


class Readings:
    """Syllables without tones by their numbers; 0 where a character has none."""

    def __init__(self, characters: str, phrases: str) -> None:
        self._numbers = {"": 0}
        last = max(int(found[1]) for found in _CHARACTER.finditer(characters))
        self._characters = array("H", bytes(2 * (last - _FIRST + 1)))
        for found in _CHARACTER.finditer(characters):
            self._characters[int(found[1]) - _FIRST] = self._number(found[2])
        self._begins, self._sounds = array("I", [0]), array("H")
        self._phrases = "".join(self._written(phrases))
        self._syllables = list(self._numbers)

    def _written(self, phrases: str) -> Iterator[str]:
        """Each phrase, while its readings are laid beside it: piece by piece, for a heap once grown stays."""
        before = ""
        for found in _PHRASE.finditer(phrases):
            if found[1] <= before:
                raise ValueError("The phrases of pypinyin are not in order. Install the version in constraints.txt.")
            before = found[1]
            self._begins.append(self._begins[-1] + len(before))
            self._sounds.extend(self._number(sound[1]) for sound in _SYLLABLE.finditer(phrases, *found.span(2)))
            yield before

    def _number(self, sound: str) -> int:
        """Of lǜ that of lv, as it is typed."""
        plain = unicodedata.normalize("NFD", sound).replace("u\u0308", "v").encode("ascii", "ignore").decode()
        return self._numbers.setdefault(plain, len(self._numbers))

    def has(self, character: str) -> bool:
        at = ord(character) - _FIRST
        return 0 <= at < len(self._characters) and self._characters[at] != 0

    def of(self, run: str) -> Iterator[str]:
        """The syllables of characters that all have one: always of the longest phrase that begins here."""
        at = 0
        while at < len(run):
            numbers = self._longest(run, at)
            yield from (self._syllables[number] for number in numbers)
            at += len(numbers)

    def _longest(self, run: str, at: int) -> "array[int]":
        found, near = -1, 0
        for end in range(at + 2, len(run) + 1):
            word = run[at:end]
            near = bisect_left(range(len(self._begins) - 1), word, near, key=self._phrase)
            if not self._phrase(near).startswith(word):
                break
            if self._phrase(near) == word:
                found = near
        else:
            if found < 0:  # all that is left only begins a phrase: pypinyin reads it character by character
                return self._singly(run[at:])
        return self._singly(run[at]) if found < 0 else self._sounds[self._begins[found] : self._begins[found + 1]]

    def _phrase(self, at: int) -> str:
        """Nothing after the last."""
        return self._phrases[self._begins[at] : self._begins[at + 1]] if at + 1 < len(self._begins) else ""

    def _singly(self, run: str) -> "array[int]":
        return array("H", (self._characters[ord(character) - _FIRST] for character in run))


@cache
def readings() -> Readings:
    """pypinyin's lists, read without loading it."""
    spec = find_spec("pypinyin")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pypinyin is missing. Run bin/run, or install constraints.txt.", name="pypinyin")
    folder = Path(spec.submodule_search_locations[0])
    return Readings((folder / "pinyin_dict.json").read_text("utf-8"), (folder / "phrases_dict.json").read_text("utf-8"))
