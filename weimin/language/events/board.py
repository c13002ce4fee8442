"""A board of messages and the issues on it.

A message is taken apart when it comes and never again; the issues are found anew whenever they are asked for. They
depend on which messages there are and not on how they came: from one file in any order, or one by one.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from weimin.language.events.core import agreement, strangers
from weimin.language.events.gathering import Gathering, gather
from weimin.language.events.heat import heat, people
from weimin.language.events.message import Issue, Message
from weimin.language.events.nearness import Pair, likeness, neighbours
from weimin.language.events.reading import Terms, plain, taken_apart
from weimin.language.events.telling import description, place
from weimin.language.events.weighing import Rows, names, subjects

# Fewer messages, or one person alone, are no issue that many raise.
MESSAGES, PEOPLE = 3, 2
# Messages whose mean pair names less of the same speak of a theme – schools, pay, noise – and of no one event.
ONE_EVENT = 0.25
# What is thrown out of a gathering is gathered by itself, so often at most.
ROUNDS = 3
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Board:
    """Messages by id. Two of one id are one: the one that came last."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._messages: dict[str, Message] = {}
        self._read: dict[str, tuple[Terms, Terms]] = {}
        for message in messages:
            self.add(message)

    def add(self, message: Message) -> None:
        self._messages[message.id] = message
        self._read[message.id] = taken_apart(plain(message.title), plain(message.rest))

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._messages

    def issues(self, most: int | None = None) -> list[Issue]:
        """The hottest first; of equals, the one that began first. At most `most`, if given."""
        by_time = sorted(self._messages.values(), key=lambda message: (message.time, message.id))
        if not by_time:
            return []
        named, standing = names([self._read[message.id][0] for message in by_time])
        about = subjects([self._read[message.id][1] for message in by_time])
        days = np.array([(message.time - _BEGINNING) / timedelta(days=1) for message in by_time])
        pairs = neighbours(named, about, standing, days)
        hot = []
        for members in _events(named, about, days, pairs):
            messages = [by_time[member] for member in members]
            if len(messages) >= MESSAGES and people(messages) >= PEOPLE and agreement(members, named) >= ONE_EVENT:
                hot.append((heat(messages, by_time[-1].time), members))
        hot.sort(key=lambda issue: (-issue[0], issue[1]))
        return [_told(much, members, by_time, named, about) for much, members in hot[:most]]


def _events(named: Rows, about: Rows, days: np.ndarray, pairs: Sequence[Pair]) -> list[list[int]]:
    """The numbers of the messages of each event, by time, once those who do not belong have been thrown out."""
    events: list[list[int]] = []
    for _round in range(ROUNDS):
        out: set[int] = set()
        for gathering in gather(named, about, days, pairs):
            gone = strangers(gathering.messages, named, about)
            events.append(sorted(set(gathering.messages) - gone))
            out |= gone
        pairs = [pair for pair in pairs if pair.early in out and pair.late in out]
        if not pairs:
            break
    return events


def _told(much: float, members: Sequence[int], by_time: Sequence[Message], named: Rows, about: Rows) -> Issue:
    whole = Gathering.of(members, named, about)
    central = sorted(
        members,
        key=lambda member: (
            -likeness(named.row(member), whole.names) * likeness(about.row(member), whole.topics),
            member,
        ),
    )
    messages = [by_time[member] for member in members]
    return Issue(
        heat=much,
        begin=messages[0].time,
        end=messages[-1].time,
        place=place([by_time[member] for member in central]),
        description=description(by_time[central[0]]),
        members=[message.id for message in messages],
    )
