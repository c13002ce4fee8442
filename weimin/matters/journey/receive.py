"""Step 1: hearing. Every channel ends in this verb, and one statement writes what it leaves behind."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import answer_limit
from weimin.county.actors import Actor
from weimin.county.bulk import new_row
from weimin.county.duties import Duty
from weimin.county.logs.middleware import about_matter
from weimin.county.models import Place, Post
from weimin.county.together import insert_together, next_key, one_act
from weimin.households.models import Resident
from weimin.kernel.failpoint import failpoint
from weimin.kernel.refusal import Refused
from weimin.kernel.words import first_words
from weimin.ledger import services as ledger
from weimin.notices.models import Notice

from .. import clocks, numbering, queries, sentences, tallies
from ..announcements import announcements
from ..models import Matter, Unread
from ..states import Act, Channel, Clock, Identity, Request
from ..uploads import Upload
from ._core import line_of, words_of
from ._files import attach


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a resident says, from whatever channel."""

    text: str
    kind: Kind
    place: Place
    channel: Channel
    request: Request = Request.HELP
    title: str = ""
    identity: Identity = Identity.HANDLER
    address: str = ""
    lat: Decimal | None = None
    long: Decimal | None = None
    details: dict[str, Any] = field(default_factory=dict)
    resident: Resident | None = None  # somebody the clerk found; else the fields below make one
    name: str = ""
    phone: str = ""
    email: str = ""
    contact_address: str = ""
    reach_by: str = Resident.Reach.PHONE
    language: str = "zh-hans"
    uploads: tuple[Upload, ...] = ()
    outside_id: str | None = None
    same_as: str = ""  # the number of another matter that the resident says is the same: noted, decided by a clerk


@dataclass(frozen=True)
class Receipt:
    """Shown once: the PIN is not kept in clear."""

    matter: Matter
    pin: str


@one_act
def receive_matter(
    draft: Draft, *, by: Actor, now: datetime, beside: Callable[[Receipt], Model | None] = lambda receipt: None
) -> Receipt:
    """Step 1 of 7: take in what a resident says, give it a number, an owner and a date.

    Before: nothing.  After: RECEIVED, with one owner and the answer clock running.
    Who: the resident by any channel, or an official who may take in (TAKE_IN); whoever is asked first owns it.
    `beside` may give one row more, made of the receipt, that is inserted with the others: the answer that is kept.
    Refused: BAD_TEXT_…, UNKNOWN_KIND, UNKNOWN_PLACE, UNKNOWN_MATTER, CONTACT_MISSING, NO_POST, each naming its field.
    """
    _check_catalogue(draft)
    text = words_of(draft.text, field="text")
    taken_by = _first_asked(draft, by)
    number, pin = numbering.next_number(now), numbering.new_pin()
    about_matter(number)
    matter = _matter(draft, text, number=number, pin=pin, taken_by=taken_by, now=now)
    event, told = line_of(
        matter,
        Act.RECEIVE,
        by=by,
        post=taken_by if by.kind == "official" else None,
        now=now,
        start="",
        words=text,
        data=_noted(draft, matter),
    )
    entry, event.salt = ledger.entry_of(told)
    fresh = None if draft.resident is not None else matter.resident
    told_outside = announcements(matter, Act.RECEIVE, now=now)
    receipt = Receipt(matter, pin)
    rows = (
        fresh,
        matter,
        new_row(Unread, matter=matter),
        entry,
        _message(matter, pin, taken_by, now),
        *told_outside,
        beside(receipt),
        event,
    )
    counted = Counter(tallies.standing(matter, matter.state) + tallies.monthly(matter, now, "received"))
    insert_together(*filter(None, rows), beside=tallies.changing(counted))
    failpoint("after_ledger_append")
    attach(matter, uploads=draft.uploads, event_id=event.pk, by=by, now=now)
    failpoint("after_matter_rows")
    return receipt


def _noted(draft: Draft, matter: Matter) -> dict[str, Any]:
    """What the first line of the timeline keeps beside the words. "Me too" merges nothing; it is a hint."""
    noted = {"channel": matter.channel, "limit": matter.clock_limit, "files": [u.sha256 for u in draft.uploads]}
    return {**noted, "same_as": draft.same_as} if draft.same_as else noted


def _matter(draft: Draft, text: str, *, number: str, pin: str, taken_by: Post, now: datetime) -> Matter:
    """What the draft says, with its owner and its clocks; not yet in the database."""
    dates = clocks.dates()
    return new_row(
        Matter,
        id=next_key(Matter),
        number=number,
        request=draft.request,
        channel=draft.channel,
        identity=draft.identity,
        kind=draft.kind,
        urgency=draft.kind.urgency,
        title=words_of(draft.title, field="title", limit=80, required=False) or first_words(text, 40),
        text=text,
        details=draft.details,
        place=draft.place,
        place_code=draft.place.code,
        address=words_of(draft.address, field="address", limit=200, required=False),
        lat=draft.lat,
        long=draft.long,
        resident=_resident(draft, now),
        pin_digest=numbering.pin_digest(number, pin),
        language=draft.language,
        outside_id=draft.outside_id,
        received_at=now,
        changed_at=now,
        taken_by=taken_by,
        owner=taken_by,
        legal_due_at=dates.due(now, draft.kind.legal).due,
        **dates.running(Clock.ANSWER, start=now, limit=answer_limit(draft.kind, draft.kind.urgency)),
    )


def _message(matter: Matter, pin: str, taken_by: Post, now: datetime) -> Notice | None:
    assert matter.clock_due_at is not None
    with sentences.in_language_of(matter):
        return sentences.message(
            matter,
            Act.RECEIVE,
            _t("已收到您反映的事情，编号 %(number)s，查询码 %(pin)s。%(owner)s 负责，最迟 %(day)s 答复您。")
            % {
                "number": matter.number,
                "pin": pin,
                "owner": taken_by.name,
                "day": sentences.day(matter.clock_due_at, now),
            },
            now=now,
        )


def _check_catalogue(draft: Draft) -> None:
    if draft.kind.retired_on is not None:
        raise Refused("UNKNOWN_KIND", _("这个类别已停用，请另选一个。"), field="kind")
    if draft.place.retired_on is not None:
        raise Refused("UNKNOWN_PLACE", _("这个地点已撤并，请选现在的村或社区。"), field="place")
    if draft.same_as and not Matter.objects.filter(number=draft.same_as).exists():
        raise Refused("UNKNOWN_MATTER", _("没有找到您说的那一件，请改选“不是，或者说不准”再发送。"), field="same_as")
    if draft.lat is not None and not (-90 <= draft.lat <= 90):
        raise Refused("BAD_POSITION", _("纬度要在 -90 到 90 之间。"), field="lat")
    if draft.long is not None and not (-180 <= draft.long <= 180):
        raise Refused("BAD_POSITION", _("经度要在 -180 到 180 之间。"), field="long")


def _first_asked(draft: Draft, by: Actor) -> Post:
    """First-asked responsibility: the clerk who takes it in, else the nearest post that classifies."""
    if by.kind == "official":
        return by.post_for(Duty.TAKE_IN, place_code=draft.place.code)
    post = queries.post_for_duty(Duty.CLASSIFY, draft.place)
    if post is None:
        raise Refused("NO_POST", _("这个地方还没有安排受理岗位，请拨打县热线反映，我们马上补上。"))
    return post


def _resident(draft: Draft, now: datetime) -> Resident | None:
    """Who asks: known already, or a row not yet in the database; None for somebody anonymous."""
    if draft.identity == Identity.ANONYMOUS:
        return None
    if draft.resident is not None:
        return draft.resident
    name = words_of(draft.name, field="name", limit=60, required=False)
    phone = words_of(draft.phone, field="phone", limit=30, required=False)
    email = words_of(draft.email, field="email", limit=254, required=False)
    address = words_of(draft.contact_address, field="contact_address", limit=200, required=False)
    if not (phone or email or address):
        if draft.channel in (Channel.OPEN311, Channel.API, Channel.IMPORT):
            return None  # these protocols do not require a contact; the sender follows by number
        raise Refused("CONTACT_MISSING", _("请留一个联系方式，或者选择匿名。"), field="phone")
    return new_row(
        Resident,
        id=next_key(Resident),
        name=name,
        phone=phone,
        email=email,
        address=address,
        reach_by=draft.reach_by,
        language=draft.language,
        source=draft.channel,
        recorded_at=now,
    )
