"""Dates beside the matter's own clock: contact after dispatch, a helper's reply, the steps of a follow-up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from weimin.county.models import Office

from .models import Event, FollowUp, Matter, Support
from .queries import supports_open
from .states import IN_HAND, Act, Missed, State


@dataclass(frozen=True)
class Found:
    """A matter whose side date has passed and was not chased yet."""

    matter: Matter
    missed: Missed
    helper: Office | None = None


def missed(*, now: datetime) -> Iterator[Found]:
    """Everything that is to be chased now."""
    for matter in contacts(now=now).select_related("lead", "owner__superior"):
        yield Found(matter, Missed.CONTACT)
    for support in supports(now=now).select_related("matter__owner__superior", "office"):
        yield Found(support.matter, Missed.SUPPORT, support.office)
    for word in _FOLLOW_UP:
        for follow_up in follow_ups(word, now=now).select_related("matter__lead", "matter__owner__superior"):
            yield Found(follow_up.matter, word)


def is_missed(matter: Matter, word: Missed, *, helper: Office | None, now: datetime) -> bool:
    """Whether this date of this matter has passed and was not chased yet."""
    if word == Missed.CONTACT:
        return contacts(now=now).filter(pk=matter.pk).exists()
    if word == Missed.SUPPORT:
        return supports(now=now).filter(matter=matter, office=helper).exists()
    return follow_ups(word, now=now).filter(matter=matter).exists()


def contacts(*, now: datetime) -> QuerySet[Matter]:
    """Dispatched, and nobody reached the resident by the contact date; once answered, the answer is what counts."""
    late = Matter.objects.filter(
        state__in=IN_HAND, contact_due_at__lt=now, contacted_at__isnull=True, answered_at__isnull=True
    )
    return late.exclude(_chased(Missed.CONTACT, matter="pk", since="dispatched_at")).order_by("pk")


def supports(*, now: datetime) -> QuerySet[Support]:
    """A supporting office that has not said what it did by its date."""
    late = supports_open().filter(due_at__lt=now)
    chased = _chased(Missed.SUPPORT, matter="matter", since="started_at", helper=OuterRef("office__code"))
    return late.exclude(chased).order_by("pk")


_FOLLOW_UP = {
    Missed.FOLLOW_UP_CONTACT: ("contact_due_at", Q(contacted_at__isnull=True)),
    Missed.FOLLOW_UP_REPLY: ("reply_due_at", Q(replied_at__isnull=True)),
}


def follow_ups(word: Missed, *, now: datetime) -> QuerySet[FollowUp]:
    """A dissatisfied resident who was not called, or not answered, by the follow-up's date."""
    date, undone = _FOLLOW_UP[word]
    late = FollowUp.objects.filter(
        undone, matter__state=State.RATED, rectified_at__isnull=True, **{f"{date}__lt": now}
    ).alias(rated_at=F("rating__at"))
    return late.exclude(_chased(word, matter="matter", since="rated_at")).order_by("pk")


def _chased(word: Missed, *, matter: str, since: str, **more: Any) -> Exists:
    chases = Event.objects.alias(helper=KT("data__office")).filter(act=Act.CHASE, data__missed=word)
    return Exists(chases.filter(matter=OuterRef(matter), at__gte=OuterRef(since), **more))
