"""Bringing in matters of earlier years, or of another system: in bulk, each with its number, event and ledger entry."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import answer_limit
from weimin.county.actors import Actor
from weimin.county.bulk import lay_down, new_row, take_keys, uncollected
from weimin.county.directory import county
from weimin.county.models import Place, Post
from weimin.kernel import numbers
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import county_day
from weimin.kernel.words import first_words
from weimin.ledger import services as ledger
from weimin.ledger.models import Entry

from .. import clocks, numbering, tallies
from ..models import Event, Matter, Unread
from ..states import Act, Channel, Clock, Identity, Request, State
from ._core import line_of


@dataclass(frozen=True, kw_only=True)
class Old:
    """One earlier record, already cleaned and understood."""

    outside_id: str
    text: str
    title: str
    kind: Kind
    place: Place
    received_at: datetime
    closed_at: datetime | None = None
    request: Request = Request.HELP
    address: str = ""
    lat: Decimal | None = None
    long: Decimal | None = None


@transaction.atomic
def bring_in_matters(batch: Sequence[Old], *, post: Post, by: Actor, now: datetime) -> int:
    """Take over earlier records: open ones are RECEIVED with their clock counted from the day they came, others CLOSED.

    Says how many came in.

    Before: their outside ids are not here yet; one already here is left out.
    After: each has a number, one event and one ledger entry. No notices: these residents were told elsewhere.
    Who: the operator at the machine; `post` owns what is open.
    """
    here = set(
        Matter.objects.filter(outside_id__in=[old.outside_id for old in batch]).values_list("outside_id", flat=True)
    )
    fresh = [old for old in batch if old.outside_id not in here]
    if not fresh:
        return 0
    with uncollected():
        written = _Batch(fresh, post=post, by=by, now=now)
        lay_down(Matter, written.matters())
        lay_down(Entry, written.entries, keyed=False)
        lay_down(Event, written.events, keyed=False)
        lay_down(Unread, [new_row(Unread, matter_id=event.matter_id) for event in written.events])
    tallies.change(less=[], more=list(written.counted.elements()))
    return len(fresh)


class _Batch:
    """Everything one batch writes. It is made while the first matters are on their way to the database."""

    def __init__(self, fresh: Sequence[Old], *, post: Post, by: Actor, now: datetime) -> None:
        """All that the database is asked, it is asked here."""
        self.fresh, self.post, self.by, self.now = fresh, post, by, now
        self.events: list[Event] = []
        self.entries: list[Entry] = []
        self.counted: Counter[str] = Counter()
        self._letters = county(current_code()).letters
        self._keys, self._serials = take_keys(Matter, len(fresh)), numbering.next_serials(len(fresh))
        dates = clocks.Dates()
        self._clocks = [clocks.STOPPED if old.closed_at else self._running(old, dates) for old in fresh]

    def _running(self, old: Old, dates: clocks.Dates) -> dict[str, Any]:
        limit = answer_limit(old.kind, old.kind.urgency)
        return dates.running(Clock.ANSWER, start=old.received_at, limit=limit)

    def matters(self) -> Iterator[Matter]:
        for old, clock, key, serial in zip(self.fresh, self._clocks, self._keys, self._serials, strict=True):
            number = numbers.make(self._letters, county_day(old.received_at), serial)
            matter = self._matter(old, clock, key, number)
            self._write_down(matter)
            self.counted.update(tallies.standing(matter, matter.state))
            self.counted.update(tallies.monthly(matter, matter.received_at, "received"))
            yield matter

    def _matter(self, old: Old, clock: dict[str, Any], key: int, number: str) -> Matter:
        is_open = old.closed_at is None
        return new_row(
            Matter,
            id=key,
            channel=Channel.IMPORT,
            identity=Identity.ANONYMOUS,
            changed_at=self.now,
            taken_by_id=self.post.pk,
            number=number,
            state=State.RECEIVED if is_open else State.CLOSED,
            request=old.request,
            kind_id=old.kind.pk,
            urgency_id=old.kind.urgency_id,
            title=first_words(old.title or old.text, 40),
            text=old.text,
            place_id=old.place.pk,
            place_code=old.place.code,
            address=old.address,
            lat=old.lat,
            long=old.long,
            pin_digest=numbering.pin_digest(number, numbering.new_pin()),
            outside_id=old.outside_id,
            received_at=old.received_at,
            answered_at=old.closed_at,
            closed_at=old.closed_at,
            owner_id=self.post.pk if is_open else None,
            **clock,
        )

    def _write_down(self, matter: Matter) -> None:
        event, told = line_of(
            matter, Act.RECEIVE, by=self.by, post=None, now=self.now, start="", words=matter.text,
            data={"channel": matter.channel, "outside_id": matter.outside_id},
        )  # fmt: skip
        entry, event.salt = ledger.entry_of(told)
        self.events.append(event)
        self.entries.append(entry)
