"""Whether the timeline still says what the ledger has committed to."""

from collections import Counter

from django.db.models import F

from weimin.ledger.models import Entry
from weimin.ledger.services import verify

from .journey._core import content_of
from .models import Event, Matter
from .states import Act

# A handed-over desk is one entry for all its matters, under the name of the post: its lines are not matched here.
_ELSEWHERE = (Act.HAND_OVER,)

LINES_A_MATTER = 8


def broken_lines(*, most: int) -> tuple[int, list[str]]:
    """Read about this many lines and their entries: how many were read, and the numbers of matters that do not fit.

    The matters are spread evenly over all there are; each is read whole, and a small county altogether.
    """
    matters = max(1, most // LINES_A_MATTER)
    step = max(1, Matter.objects.count() // matters)
    every = Matter.objects.annotate(rest=F("pk") % step).filter(rest=0).order_by("-pk")
    found = dict(every.values_list("pk", "number")[: 2 * matters])
    lines: dict[int, list[Event]] = {pk: [] for pk in found}
    for event in Event.objects.filter(matter_id__in=found).exclude(act__in=_ELSEWHERE).order_by("id"):
        lines[event.matter_id].append(event)
    entries: dict[str, list[Entry]] = {}
    about = [f"matter:{number}" for number in found.values()]
    for entry in Entry.objects.filter(about__in=about).order_by("id"):
        entries.setdefault(entry.about, []).append(entry)
    broken = [
        number for pk, number in found.items() if not _fits(number, lines[pk], entries.get(f"matter:{number}", []))
    ]
    return sum(map(len, lines.values())), sorted(broken)


def _fits(number: str, events: list[Event], entries: list[Entry]) -> bool:
    """Every line opens one entry of its act, and no act of the ledger lacks its line."""
    acts = {f"matter.{act.lower()}" for act in Act if act not in _ELSEWHERE}
    kept = [entry for entry in entries if entry.what in acts]
    if Counter(f"matter.{event.act.lower()}" for event in events) != Counter(entry.what for entry in kept):
        return False
    return all(
        entry.what == f"matter.{event.act.lower()}"
        and verify(content_of(event, number, entry.by), salt=bytes(event.salt), commitment=entry.commitment)
        for event, entry in zip(events, kept, strict=True)
    )
