"""How hot an issue is: a sum of terms that are all published in docs/hot-issues.md."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import log

from weimin.language.events.message import Message

PEOPLE, LIKES, GROWTH, DAYS, URGENCY = 10.0, 1.5, 2.0, 0.5, 2.0
# Of those who dislike a message, some dislike what it tells of.
AGAINST = 0.5
LATELY = timedelta(days=30)
# Danger to life or property, or water, power, gas or heat out.
URGENT = re.compile(
    "火灾|起火|着火|爆炸|坍塌|塌陷|倒塌|触电|漏电|漏气|煤气泄漏|燃气泄漏|中毒|死亡|身亡|伤亡|受伤|危房|危及|生命危险|安全隐患"
    "|停水|断水|停电|断电|停气|断气|停暖|没有暖气"
)


def heat(members: Sequence[Message], until: datetime) -> float:
    """10 ln(1 + people) + 1.5 ln(1 + likes – dislikes / 2) + 2 growth + 0.5 ln(1 + days) + 2 urgency, one decimal."""
    liked = sum(message.likes - AGAINST * message.dislikes for message in members)
    times = [message.time for message in members]
    urgent = sum(bool(URGENT.search(f"{message.title} {message.rest}")) for message in members)
    return round(
        PEOPLE * log(1 + people(members))
        + LIKES * log(1 + max(0.0, liked))
        + GROWTH * growth(times, until)
        + DAYS * log(1 + (max(times) - min(times)) / timedelta(days=1))
        + URGENCY * urgent / len(members),
        1,
    )


def people(members: Sequence[Message]) -> int:
    """How many persons wrote these."""
    return len({message.user or f"\n{message.id}" for message in members})


def growth(times: Sequence[datetime], until: datetime) -> float:
    """By how much the last 30 days exceed the 30 before, as a share of both; 0 where they do not."""
    lately = sum(until - LATELY < time <= until for time in times)
    before = sum(until - 2 * LATELY < time <= until - LATELY for time in times)
    return max(0.0, (lately - before) / (lately + before)) if lately else 0.0
