"""What the lives of one stretch write, kept in memory until it is laid down in one transaction."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model

from weimin.county.actors import Actor
from weimin.county.bulk import lay_down, new_row, set_columns
from weimin.county.directory import county
from weimin.county.models import Post
from weimin.kernel import numbers
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import county_day
from weimin.ledger import services as ledger
from weimin.ledger.models import Entry
from weimin.matters import tallies

# The same table of moves, the same content committed to.
from weimin.matters.journey._core import check, columns_after, columns_before, line_of
from weimin.matters.models import (
    Answer,
    Appeal,
    Callback,
    Contact,
    Event,
    FollowUp,
    Matter,
    Publication,
    Rating,
    Support,
    Unread,
)
from weimin.matters.states import IN_HAND, UNDOABLE, Act, State

from .keys import Keys

M = TypeVar("M", bound=Model)

# Parents before what names them.
WRITTEN = (Matter, Answer, Event, Contact, Support, Rating, FollowUp, Callback, Appeal, Publication)


@dataclass
class Papers:
    """What lies in the folder of one matter: what the verbs would ask the database for."""

    answers: list[Answer] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    supports: list[Support] = field(default_factory=list)
    follow_up: FollowUp | None = None
    appeal: Appeal | None = None
    publication: Publication | None = None
    paused_for: str = ""
    reminded_at: datetime | None = None


class Pen:
    """One stretch of the telling. `perform` is the journey's own, in memory: the same moves, counts and content."""

    def __init__(self, keys: Keys, serials: Iterable[int]) -> None:
        """Keys and serials are nobody else's: they were kept free when the county was founded."""
        self.keys = keys
        self.rows: dict[type[Model], list[Any]] = defaultdict(list)
        self.papers: dict[int, Papers] = {}
        self.counts: Counter[str] = Counter()
        self._acts: list[ledger.Act] = []
        self._letters = county(current_code()).letters
        self._serials = iter(serials)

    def number(self, now: datetime) -> str:
        return numbers.make(self._letters, county_day(now), next(self._serials))

    def add(self, table: type[M], **columns: Any) -> M:
        row = new_row(table, id=self.keys.of(table), **columns)
        self.rows[table].append(row)
        return row

    def of(self, matter: Matter) -> Papers:
        return self.papers[matter.pk]

    def perform(
        self,
        matter: Matter,
        act: Act,
        *,
        by: Actor,
        now: datetime,
        post: Post | None = None,
        goal: State | None = None,
        changes: dict[str, Any] | None = None,
        words: str = "",
        data: dict[str, Any] | None = None,
        answer: Answer | None = None,
        internal: bool = False,
        counted: Iterable[str] = (),
    ) -> None:
        check(matter, act, goal)
        start, goal = State(matter.state), goal or State(matter.state)
        if act in UNDOABLE and by.kind == "official":
            data = {**(data or {}), "before": columns_before(matter, changes or {})}
        columns = columns_after(start, goal, changes or {}, now=now)
        before = tallies.standing(matter, start)
        set_columns(matter, columns)
        matter.version += 1
        after = tallies.standing(matter, goal)
        if before != after:
            self.counts.subtract(before)
            self.counts.update(after)
        self.counts.update(counted)
        if start in IN_HAND and goal not in IN_HAND:
            for support in self.of(matter).supports:
                if support.done_at is None and support.ended_at is None:
                    support.ended_at = now
        self.write_down(
            matter, act, by=by, post=post, now=now, start=start, words=words, data=data, answer=answer,
            internal=internal,
        )  # fmt: skip

    def write_down(self, matter: Matter, act: Act, **line: Any) -> None:
        """A line of the timeline, and what the ledger will commit to of it. The salt comes when it is laid down."""
        event, told = line_of(matter, act, **line)
        event.pk = self.keys.of(Event)
        self.rows[Event].append(event)
        self._acts.append(told)

    def lay_down(self) -> None:
        """Everything into the database, each event with the salt that opens its commitment."""
        entries = []
        for event, told in zip(self.rows[Event], self._acts, strict=True):
            entry, event.salt = ledger.entry_of(told)
            entries.append(entry)
        lay_down(Entry, entries, keyed=False)
        for table in WRITTEN:
            lay_down(table, self.rows[table])
        lay_down(Unread, [new_row(Unread, matter=matter) for matter in self.rows[Matter]])
        tallies.change(less=[], more=list(self.counts.elements()))
