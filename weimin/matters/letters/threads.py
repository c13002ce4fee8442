"""Which matter a letter belongs to, and whether whoever wrote it is known to be its resident."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from weimin.county.models import Place
from weimin.households.models import Resident
from weimin.households.searching import plain_phone
from weimin.kernel.numbers import WrongNumber, parse
from weimin.notices.carriers.mail import CARRIER
from weimin.notices.carriers.marks import row_marked
from weimin.notices.models import Notice
from weimin.notices.states import Channel

from ..models import Matter
from .reading import Letter

_NUMBER = re.compile(r"[A-Z]{2,4}-\d{4}-\d{6,9}-\d")
_ABOUT = "matter:"
_STILL_TALKING = timedelta(days=60)


@dataclass(frozen=True)
class Thread:
    matter: Matter
    known: bool  # the sender is the resident, by the address we have written to


def notice_answered(letter: Letter) -> Notice | None:
    """Our own letter that this one answers or reports on: its id carries our mark, which nobody can make up."""
    for message_id in letter.speaks_of:
        pk = row_marked(message_id.partition("@")[0], carrier=CARRIER)
        notice = None if pk is None else Notice.objects.filter(pk=pk).first()
        if notice is not None:
            return notice
    return None


def thread_of(letter: Letter) -> Thread | None:
    """By the letter it answers, else by a number in its subject; None begins a new matter."""
    notice = notice_answered(letter)
    if notice is not None and notice.about.startswith(_ABOUT):
        matter = _matter(notice.about.removeprefix(_ABOUT))
        return None if matter is None else Thread(matter, notice.address.lower() == letter.sender)
    matter = _named(letter.subject)
    if matter is None:
        return None
    resident = matter.resident
    return Thread(matter, resident is not None and resident.email.lower() == letter.sender != "")


def thread_of_phone(phone: str, text: str, *, now: datetime) -> Matter | None:
    """The matter we last wrote to this telephone about; or the one whose number they write, if it is theirs."""
    named = _named(text)
    if named is not None and named.resident is not None and plain_phone(named.resident.phone) == phone:
        return named
    told = Notice.objects.filter(
        channel=Channel.SMS,
        resident__in=Resident.objects.filter(phone_index__is_word=phone),
        about__startswith=_ABOUT,
        created_at__gte=now - _STILL_TALKING,
    )
    last = told.order_by("-created_at", "-pk").first()
    return _matter(last.about.removeprefix(_ABOUT)) if last else None


def place_named(text: str, county: Place) -> Place:
    """The one place these words name, or the innermost if they name those around it too; else the whole county."""
    places = Place.objects.filter(retired_on__isnull=True).exclude(pk=county.pk).defer("outline")
    named = sorted((place for place in places if place.name_zh in text), key=lambda place: len(place.code))
    if named and all(named[-1].code.startswith(place.code) for place in named):
        return named[-1]
    return county


def _named(text: str) -> Matter | None:
    found = _NUMBER.search(text.upper())
    if found is None:
        return None
    try:
        return _matter(str(parse(found[0])))
    except WrongNumber:
        return None


def _matter(number: str) -> Matter | None:
    return Matter.objects.filter(number=number).select_related("resident").first()
