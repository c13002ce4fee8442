"""Bringing in matters of earlier years, or of another system: in bulk, each with its number, event and ledger entry."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import answer_limit
from weimin.county.actors import Actor
from weimin.county.directory import county
from weimin.county.models import Place, Post
from weimin.kernel import numbers
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import county_day
from weimin.kernel.words import first_words
from weimin.ledger import services as ledger

from .. import clocks, numbering, tallies
from ..models import Event, Matter
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
def bring_in_matters(batch: Sequence[Old], *, post: Post, by: Actor, now: datetime) -> list[Matter]:
    """Take over earlier records: open ones are RECEIVED with their clock counted from the day they came, others CLOSED.

    Before: their outside ids are not here yet; one already here is left out.
    After: each has a number, one event and one ledger entry. No notices: these residents were told elsewhere.
    Who: the operator at the machine; `post` owns what is open.
    """
    here = set(
        Matter.objects.filter(outside_id__in=[old.outside_id for old in batch]).values_list("outside_id", flat=True)
    )
    fresh = [old for old in batch if old.outside_id not in here]
    letters = county(current_code()).letters
    serials = numbering.next_serials(len(fresh)) if fresh else []
    made = [
        _matter(old, numbers.make(letters, county_day(old.received_at), serial), post, now)
        for old, serial in zip(fresh, serials, strict=True)
    ]
    Matter.objects.bulk_create(made, batch_size=200)
    _write_down_all(made, by, now)
    counted = Counter(
        key
        for matter in made
        for key in tallies.standing(matter, matter.state) + tallies.monthly(matter, matter.received_at, "received")
    )
    tallies.change(less=[], more=list(counted.elements()))
    return made


def _matter(old: Old, number: str, post: Post, now: datetime) -> Matter:
    is_open = old.closed_at is None
    running = clocks.running(Clock.ANSWER, start=old.received_at, limit=answer_limit(old.kind, old.kind.urgency))
    return Matter(
        number=number,
        state=State.RECEIVED if is_open else State.CLOSED,
        request=old.request,
        channel=Channel.IMPORT,
        identity=Identity.ANONYMOUS,
        kind=old.kind,
        urgency=old.kind.urgency,
        title=first_words(old.title or old.text, 40),
        text=old.text,
        place=old.place,
        place_code=old.place.code,
        address=old.address,
        lat=old.lat,
        long=old.long,
        pin_digest=numbering.pin_digest(number, numbering.new_pin()),
        outside_id=old.outside_id,
        received_at=old.received_at,
        answered_at=old.closed_at,
        closed_at=old.closed_at,
        changed_at=now,
        taken_by=post,
        owner=post if is_open else None,
        **(running if is_open else clocks.STOPPED),
    )


def _write_down_all(made: list[Matter], by: Actor, now: datetime) -> None:
    lines = [
        line_of(
            matter, Act.RECEIVE, by=by, post=None, now=now, start="", words=matter.text,
            data={"channel": matter.channel, "outside_id": matter.outside_id},
        )
        for matter in made
    ]  # fmt: skip
    events, acts = [event for event, _told in lines], [told for _event, told in lines]
    entries = ledger.record_many(acts=acts)
    for event, entry in zip(events, entries, strict=True):
        event.salt = entry.salt
    Event.objects.bulk_create(events, batch_size=500)
