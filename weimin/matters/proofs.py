"""Every line of a timeline against the ledger entry that committed to it; running counts against a recount."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from weimin.ledger.models import Entry
from weimin.ledger.services import verify

from . import queries, tallies
from .journey._core import content_of
from .models import Event, Matter
from .states import Act

_MATTERS = 500
STANDING = ("state:", "township:", "kind:", "office:", "owner:")


@dataclass
class Opened:
    """How many lines their commitments prove, and the numbers of matters in which a line is not proved."""

    lines: int = 0
    unproved: list[str] = field(default_factory=list)


def open_timelines(step: Callable[[int], object] = lambda count: None) -> Opened:
    """Each line must be opened by an entry of its own. `step` is told of every few hundred matters."""
    found = Opened()
    matters = Matter.objects.order_by("pk").values_list("pk", "number").iterator(chunk_size=_MATTERS)
    while some := dict(islice(matters, _MATTERS)):
        _open_some(some, found)
        step(len(some))
    _open_hand_overs(found)
    return found


def _open_some(numbers: dict[int, str], found: Opened) -> None:
    about = [f"matter:{number}" for number in numbers.values()]
    entries: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in Entry.objects.filter(about__in=about).order_by("id").iterator():
        entries[entry.about, entry.what].append(entry)
    for event in Event.objects.filter(matter__in=numbers).exclude(act=Act.HAND_OVER).order_by("pk").iterator():
        number = numbers[event.matter_id]
        candidates = entries[f"matter:{number}", f"matter.{event.act.lower()}"]
        proof = next((entry for entry in candidates if entry.at == event.at and _proves(entry, event, number)), None)
        if proof is None:
            found.unproved.append(number)
            continue
        candidates.remove(proof)
        found.lines += 1


def _proves(entry: Entry, event: Event, number: str) -> bool:
    return entry.commitment in entry.body and verify(
        content_of(event, number, entry.by), salt=bytes(event.salt), commitment=entry.commitment
    )


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


def counts_that_differ() -> dict[str, tuple[int, int]]:
    """Keys of what stands open under which the kept count is not that of a recount: (kept, counted)."""
    counted = Counter(key for matter in _matters() for key in tallies.standing(matter, matter.state))
    kept = {key: n for prefix in STANDING for key, n in queries.tallies_under(prefix).items()}
    keys = {key for key in kept.keys() | counted.keys() if kept.get(key, 0) != counted[key]}
    return {key: (kept.get(key, 0), counted[key]) for key in sorted(keys)}


def _matters() -> Iterable[Matter]:
    few = Matter.objects.only("state", "place_code", "kind_id", "lead_id", "owner_id")
    found: Iterator[Matter] = few.order_by().iterator(chunk_size=5000)
    return found
