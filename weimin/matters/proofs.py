"""Whether every line of a timeline still says what the ledger has committed to."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import F, QuerySet

from weimin.ledger.models import Entry
from weimin.ledger.services import verify

from .journey._core import content_of
from .models import Event, Matter
from .states import Act

_MATTERS = 500
_LINES_A_MATTER = 8


@dataclass
class Opened:
    """How many lines their commitments prove, and the numbers of matters in which a line is not proved or is gone."""

    lines: int = 0
    unproved: list[str] = field(default_factory=list)


def open_timelines(step: Callable[[int], object] = lambda count: None) -> Opened:
    """Each line must be opened by an entry of its own. `step` is told of every few hundred matters."""
    found = Opened()
    matters = _read().order_by("pk").iterator(chunk_size=_MATTERS)
    while some := list(islice(matters, _MATTERS)):
        _open_some(some, found)
        step(len(some))
    _open_hand_overs(found)
    return found


def open_sample(*, most: int) -> Opened:
    """About this many lines, of matters spread evenly over all there are; a small county altogether.

    Handed-over desks are left out: their entries speak of many matters at once.
    """
    matters = max(1, most // _LINES_A_MATTER)
    step = max(1, Matter.objects.count() // matters)
    every = _read().annotate(rest=F("pk") % step).filter(rest=0).order_by("-pk")
    found = Opened()
    _open_some(list(every[: 2 * matters]), found)
    return found


def _read() -> QuerySet[Matter]:
    """Matters with what their lines do not say again."""
    return Matter.objects.only("number", "text")


def _open_some(matters: list[Matter], found: Opened) -> None:
    """Every line has its entry, and no act of the ledger lacks its line."""
    by_key = {matter.pk: matter for matter in matters}
    about = [f"matter:{matter.number}" for matter in matters]
    acts = [f"matter.{act.lower()}" for act in Act if act != Act.HAND_OVER]
    entries: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in Entry.objects.filter(about__in=about, what__in=acts).order_by("id").iterator():
        entries[entry.about, entry.what].append(entry)
    lines = Event.objects.filter(matter__in=by_key).exclude(act=Act.HAND_OVER).select_related("answer")
    for event in lines.order_by("pk").iterator():
        event.matter = by_key[event.matter_id]
        number = event.matter.number
        candidates = entries[f"matter:{number}", f"matter.{event.act.lower()}"]
        proof = next((entry for entry in candidates if entry.at == event.at and _proves(entry, event, number)), None)
        if proof is None:
            found.unproved.append(number)
            continue
        candidates.remove(proof)
        found.lines += 1
    bare = {matter.removeprefix("matter:") for (matter, _act), left in entries.items() if left}
    found.unproved += sorted(bare - set(found.unproved))  # a line that was changed leaves its entry bare as well


def _proves(entry: Entry, event: Event, number: str) -> bool:
    return verify(content_of(event, number, entry.by), salt=bytes(event.salt), commitment=entry.commitment)


def _open_hand_overs(found: Opened) -> None:
    """One entry speaks of a whole desk; every matter of it has a line with the same salt."""
    desks: dict[bytes, list[Event]] = defaultdict(list)
    lines = Event.objects.filter(act=Act.HAND_OVER).select_related("matter").order_by("matter_id", "pk")
    for event in lines.iterator():
        desks[bytes(event.salt)].append(event)
    for salt, events in desks.items():
        first, numbers = events[0], [event.matter.number for event in events]
        content = {"from": first.data["from"], "to": first.data["to"], "matters": numbers, "reason": first.words}
        entries = Entry.objects.filter(what="post.hand_over", about=f"post:{first.data['from']}", at=first.at)
        if any(verify(content, salt=salt, commitment=entry.commitment) for entry in entries):
            found.lines += len(events)
        else:
            found.unproved += numbers
