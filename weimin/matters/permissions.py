"""Gates of a matter: who holds its receipt in this session, and which of its files may be fetched."""

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.kernel.numbers import parse
from weimin.kernel.refusal import Refused
from weimin.kernel.words import Mistake
from weimin.notices.models import Notice
from weimin.notices.queries import to_carry

from . import queries
from .models import Attachment, Incoming, Matter, Partner, PartnerCode, Publication
from .names import with_names
from .states import Identity

OPEN_FOR = timedelta(minutes=60)
_UNLOCKED = "matters_unlocked"


def unlock(request: HttpRequest, number: str, *, now: datetime) -> None:
    """This session may read the matter for an hour."""
    kept = _standing(request, now)
    request.session[_UNLOCKED] = {**kept, number: (now + OPEN_FOR).isoformat()}


def lock_all(request: HttpRequest) -> None:
    """The resident is done: on a borrowed phone nothing stays open."""
    request.session.pop(_UNLOCKED, None)


def unlocked_numbers(request: HttpRequest, *, now: datetime) -> list[str]:
    return sorted(_standing(request, now))


def matter_of_receipt(request: HttpRequest, number: str, *, now: datetime) -> Matter | None:
    """The matter whose receipt this session has shown within the hour; None sends the page to ask for it."""
    if number not in _standing(request, now):
        return None
    found = Matter.objects.filter(number=number).select_related("resident").first()
    return with_names(found) if found else None


def story_for_all(number: str) -> Publication:
    """A published copy; a withdrawn one is as if it had never been."""
    return get_object_or_404(queries.board(), number=number)


def attachment_for(request: HttpRequest, number: str, pk: int, *, now: datetime) -> Attachment:
    """A file of a matter for its resident; else as if it did not exist. Officials read it on the desk, on record."""
    found = Attachment.objects.select_related("matter", "event")
    attachment = get_object_or_404(found, pk=pk, matter__number=number)
    internal = attachment.event is not None and attachment.event.internal
    if internal or number not in _standing(request, now):
        raise Http404
    return attachment


def _standing(request: HttpRequest, now: datetime) -> dict[str, str]:
    kept = request.session.get(_UNLOCKED, {})
    return {number: until for number, until in kept.items() if datetime.fromisoformat(until) > now}


def matter_for(actor: Actor, number: str) -> Matter:
    """The matter, if this official may open it; otherwise as if it did not exist."""
    try:
        plain = str(parse(number))
    except Mistake:
        raise Http404 from None
    matter = queries.visible_to(actor).filter(number=plain).select_related("resident").first()
    if matter is None:
        raise Http404
    return with_names(matter)


def may_see_contact(actor: Actor, matter: Matter) -> bool:
    """Who may open name and number: the office that handles it and those who take in, unless the name is hidden."""
    if matter.resident_id is None:
        return False
    for duty in (Duty.TAKE_IN, Duty.CALL_BACK):
        if _reaches(actor, duty, place_code=matter.place_code):
            return True
    if matter.identity == Identity.HIDDEN or matter.lead_id is None:
        return False
    return _reaches(actor, Duty.HANDLE, office_id=matter.lead_id)


def may_forward(actor: Actor, matter: Matter) -> bool:
    """Who may send it to another city's system, where there is one."""
    if not matter.is_open or not Partner.objects.filter(sends=True, off_at__isnull=True).exists():
        return False
    if matter.lead_id is not None and actor.has(Duty.HANDLE):
        return _reaches(actor, Duty.HANDLE, office_id=matter.lead_id)
    return _reaches(actor, Duty.DISPATCH, place_code=matter.place_code)


def letter_of(pk: int) -> Incoming:
    return get_object_or_404(Incoming, pk=pk, fate=Incoming.Fate.ASIDE)


def notice_to_carry(actor: Actor, pk: int, *, now: datetime) -> tuple[Notice, Matter]:
    """A message somebody must read out or post, about a matter this official may open; else as if it were not."""
    notice = get_object_or_404(to_carry(now=now).select_related("resident"), pk=pk)
    return notice, matter_for(actor, notice.about.removeprefix("matter:"))


def partner_of(pk: int) -> Partner:
    return get_object_or_404(Partner.objects.select_related("kind", "place"), pk=pk)


def code_of(partner: Partner, pk: int) -> PartnerCode:
    return get_object_or_404(PartnerCode.objects.select_related("partner", "kind"), partner=partner, pk=pk)


def _reaches(actor: Actor, duty: Duty, **scope: Any) -> bool:
    try:
        actor.post_for(duty, **scope)
    except Refused:
        return False
    return True
