"""Where an issue is and what it is, in the words of its own members."""

import re
from collections import Counter
from collections.abc import Sequence

from weimin.kernel.words import first_words
from weimin.language.events.message import Message
from weimin.language.events.reading import plain
from weimin.language.triage.words import CODED_PLACE

# How places and bodies of all kinds end.
_NAMED = re.compile("[省市区县镇乡村组街路巷道桥站城苑园府郡庄湾坊厦院校学]|公司|集团|广场|市场")
SHORTEST, LONGEST = 3, 10
TITLES = 20
SIGNS = 60


def description(central: Message) -> str:
    """The title that says what the most members say; of a message without one, how it begins."""
    return first_words(central.title, SIGNS) or first_words(central.rest, SIGNS)


def place(members: Sequence[Message]) -> str:
    """The smallest place that a publisher coded, and the name that most members share; the most central first."""
    texts = [plain(f"{message.title} {message.rest}") for message in members]
    titles = [plain(message.title) for message in members[:TITLES]]
    return _coded(texts) + _name(titles, texts)


def _coded(texts: Sequence[str]) -> str:
    """A district or county that a third of them name, else whatever half of them name."""
    named = Counter(found for text in texts for found in set(CODED_PLACE.findall(text)))
    for small, share in ((True, 3), (False, 2)):
        known = [
            (-count, found)
            for found, count in named.items()
            if count * share >= len(texts) and (not small or any(sign.isdigit() for sign in found))
        ]
        if known:
            return min(known)[1].upper()
    return ""


def _name(titles: Sequence[str], texts: Sequence[str]) -> str:
    """The run of a title that ends as a place does, is named by half, and covers most of all texts together."""
    runs: set[str] = set()
    for title in titles:
        for piece in re.findall("[一-鿿]+", CODED_PLACE.sub(" ", title)):
            for end in [found.end() for found in _NAMED.finditer(piece)]:
                runs |= {piece[begin:end] for begin in range(max(0, end - LONGEST), end - SHORTEST + 1)}
    counts = {run: sum(run in text for text in texts) for run in runs}
    known = [(-count * len(run), run) for run, count in counts.items() if 2 * count >= len(texts)]
    return min(known)[1] if known else ""
