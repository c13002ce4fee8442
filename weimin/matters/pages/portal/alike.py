"""The same? What a resident is shown before sending: matters in hand and published stories that may be theirs too."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from weimin.catalogue.models import Kind
from weimin.county.models import Place
from weimin.matters import queries
from weimin.matters.models import Publication
from weimin.matters.queries import InHand
from weimin.matters.states import Request

from .draft import SessionDraft

PUBLISHED_WITHIN = timedelta(days=180)
STORIES = 3
# Whoever reports a breach must not be found by somebody who asks whether one was reported.
_NOBODY_ELSES = {Request.REPORT}


@dataclass(frozen=True)
class Alike:
    """`count` matters are in hand, the newest of them in `in_hand`; `stories` are public. `chosen` is a number."""

    count: int
    in_hand: list[InHand]
    stories: list[Publication]
    chosen: str

    def __bool__(self) -> bool:
        return bool(self.in_hand or self.stories)

    @property
    def numbers(self) -> set[str]:
        return {row.number for row in self.in_hand} | {story.number for story in self.stories}


def alike(draft: SessionDraft, *, now: datetime) -> Alike:
    """What may be the same as this draft. Of matters in hand only kind, village, day and state are read."""
    kind, place = draft.kind, draft.place
    assert kind is not None and place is not None
    if draft.kept["request"] in _NOBODY_ELSES:
        return Alike(0, [], [], "")
    count, in_hand = queries.in_hand_nearby(kind, place, now=now)
    return Alike(count, in_hand, _stories(kind, place, now), draft.kept.get("same_as", ""))


def keep_choice(draft: SessionDraft, chosen: str, *, now: datetime) -> None:
    """The resident's "me too", if it was one of those offered; anything else is "another matter"."""
    draft.keep(same_as=chosen if chosen and chosen in alike(draft, now=now).numbers else "")


def _stories(kind: Kind, place: Place, now: datetime) -> list[Publication]:
    near = queries.board().filter(
        Q(kind=kind) | Q(kind__parent=kind) | Q(kind=kind.parent_id),
        place__code__startswith=place.code[:9],
        published_at__gte=now - PUBLISHED_WITHIN,
    )
    return list(near[:STORIES])
