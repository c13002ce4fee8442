"""From the partner: what became of what we sent, and new requests that become matters here, each once."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext as _

from weimin.catalogue.models import Kind
from weimin.county.actors import CLOCK, RESIDENT
from weimin.county.models import Place
from weimin.county.queries import nearest_place, place_by_code
from weimin.kernel.refusal import Refused

from .. import journey
from ..models import Matter, Partner, PartnerCode, Referral
from ..states import Channel, Identity
from . import sending, wire

log = logging.getLogger(__name__)

SPAN = timedelta(days=89)  # the text allows ninety; a day is left for clocks that differ
MOST_ROWS = 1000
_OVERLAP = timedelta(hours=1)  # what they wrote down late
_IDS = 50
_KEPT = 200  # ids of updates that are remembered of one matter
Stage = Referral.Stage


def windows(ask: Callable[[datetime, datetime], list[wire.Row]], start: datetime, end: datetime) -> Iterator[wire.Row]:
    """All rows between two moments: at most 90 days a question, and a full answer is asked for in halves."""
    while start < end:
        upto = min(end, start + SPAN)
        rows = ask(start, upto)
        while len(rows) >= MOST_ROWS and upto - start > timedelta(minutes=1):
            upto = start + (upto - start) / 2
            rows = ask(start, upto)
        yield from rows
        start = upto


def hear_updates(partner: Partner, *, now: datetime) -> int:
    """Steps on what we sent: from their list of updates if they have one, else by asking for each request."""
    mine = Referral.objects.filter(partner=partner, stage=Stage.SENT, closed=False).select_related("partner")
    sent = {referral.foreign_id: referral for referral in mine}
    if not sent:
        Partner.objects.filter(pk=partner.pk).update(heard_until=now)
        return 0
    if partner.tells_updates is not False:
        try:
            heard = _listed(partner, sent, now)
            Partner.objects.filter(pk=partner.pk).update(heard_until=now, tells_updates=True)
            return heard
        except wire.Denied as denied:  # it knows no such list
            log.info("partner %s tells no updates: %s", partner.pk, denied.status)
            Partner.objects.filter(pk=partner.pk).update(tells_updates=False)
    return _polled(partner, sent, now)


def _listed(partner: Partner, sent: dict[str, Referral], now: datetime) -> int:
    def ask(start: datetime, end: datetime) -> list[wire.Row]:
        return wire.get(partner, "servicerequestupdates", start_date=wire.told(start), end_date=wire.told(end))

    heard = 0
    for row in windows(ask, partner.heard_until - _OVERLAP, now):
        referral = sent.get(row.get("service_request_id", ""))
        mark = row.get("update_id", "")
        if referral is None or not mark or mark in referral.said:
            continue
        heard += _heard(referral, mark, row.get("status", ""), row.get("description", ""), now)
    return heard


def _polled(partner: Partner, sent: dict[str, Referral], now: datetime) -> int:
    heard, ids = 0, sorted(sent)
    for at in range(0, len(ids), _IDS):
        for row in wire.get(partner, "requests", service_request_id=",".join(ids[at : at + _IDS])):
            referral = sent.get(row.get("service_request_id", ""))
            mark = f"{row.get('status', '')}|{row.get('status_notes', '')}"[:200]
            if referral is None or (referral.said and referral.said[-1] == mark):
                continue
            heard += _heard(referral, mark, row.get("status", ""), row.get("status_notes", ""), now)
    return heard


def _heard(referral: Referral, mark: str, status: str, words: str, now: datetime) -> bool:
    try:
        _keep(referral, mark, status, words, now)
    except Refused as refusal:  # somebody acts on the matter at this moment: it is heard again in the next round
        log.info("referral %s: %s", referral.pk, refusal.code)
        return False
    return True


@transaction.atomic
def _keep(referral: Referral, mark: str, status: str, words: str, now: datetime) -> None:
    said, closed = [*referral.said, mark][-_KEPT:], status.lower() == "closed"
    Referral.objects.filter(pk=referral.pk).update(said=said, closed=closed)
    state = _("已办结") if closed else _("办理中")
    journey.note_outside(referral, words=f"{state}。{words[:1500]}", by=CLOCK, now=now)
    referral.said, referral.closed = said, closed


def take_requests(partner: Partner, *, now: datetime) -> int:
    """New requests of theirs as matters of ours, each once by its number."""

    def ask(start: datetime, end: datetime) -> list[wire.Row]:
        return wire.get(partner, "requests", start_date=wire.told(start), end_date=wire.told(end))

    taken, unknown = 0, set(partner.unknown_codes)
    kinds = {row.service_code: row.kind for row in PartnerCode.objects.filter(partner=partner).select_related("kind")}
    doubtful = _doubtful(partner)
    for row in windows(ask, partner.taken_until - _OVERLAP, now):
        number = row.get("service_request_id", "")
        if not _is_new(partner, row, number):
            continue
        if (ours := doubtful.pop(row.get("description", ""), None)) is not None:
            sending.keep_number(ours, number, now)  # it had arrived
            continue
        code = row.get("service_code", "")
        if code not in kinds:
            unknown.add(code[:60])
        taken += _take(partner, row, number, kinds, now)
    codes = sorted(unknown - {""})[:100]
    Partner.objects.filter(pk=partner.pk).update(taken_until=now, unknown_codes=codes)
    return taken


def _doubtful(partner: Partner) -> dict[str, Referral]:
    """What we sent and know no number of, by its words."""
    found = Referral.objects.filter(partner=partner, stage__in=[Stage.UNCERTAIN, Stage.TOKEN])
    found = found.select_related("partner")
    return {referral.words: referral for referral in found if referral.words}


def _is_new(partner: Partner, row: wire.Row, number: str) -> bool:
    """Open, from after we came to know each other, and neither taken before nor sent by us."""
    asked = wire.moment(row.get("requested_datetime", ""))
    if not number or len(number) > 60 or row.get("status", "").lower() == "closed":
        return False
    if asked is not None and asked < partner.created_at.replace(microsecond=0):  # times travel to the second
        return False
    return not Referral.objects.filter(partner=partner, foreign_id=number).exists()


@transaction.atomic
def _take(partner: Partner, row: wire.Row, number: str, kinds: dict[str, Kind], now: datetime) -> int:
    """Matter and referral together: half of it never stays."""
    outside = f"p{partner.pk}:{number}"
    if Matter.objects.filter(outside_id=outside).exists():
        return 0
    kind, position = kinds.get(row.get("service_code", "")) or partner.kind, _position(row)
    assert kind is not None and partner.place is not None
    said = row.get("description", "") or row.get("service_name", "") or kind.name_zh
    lat, long = position or (None, None)
    draft = journey.Draft(
        text=said[:4000], kind=kind, place=_place(row, position) or partner.place, channel=Channel.OPEN311,
        identity=Identity.ANONYMOUS, address=row.get("address", "")[:200], lat=lat, long=long, outside_id=outside,
        details={"partner": partner.name, "number": number},
    )  # fmt: skip
    try:
        matter = journey.receive_matter(draft, by=RESIDENT, now=now).matter
    except Refused as refusal:  # words we may not keep: told, and the others are taken
        log.warning("request of partner %s was not taken: %s", partner.pk, refusal.code)
        return 0
    Referral.objects.create(
        partner=partner, matter=matter, stage=Stage.TAKEN, foreign_id=number,
        service_code=row.get("service_code", "")[:60], next_at=now, made_at=now,
    )  # fmt: skip
    return 1


def _position(row: wire.Row) -> tuple[Decimal, Decimal] | None:
    try:
        lat, long = round(Decimal(row.get("lat", "")), 6), round(Decimal(row.get("long", "")), 6)
    except InvalidOperation:
        return None
    fits = lat.is_finite() and long.is_finite() and abs(lat) <= 90 and abs(long) <= 180
    return (lat, long) if fits else None


def _place(row: wire.Row, position: tuple[Decimal, Decimal] | None) -> Place | None:
    """Where it is, by our own code of the place or by its position; else where the partner's requests go."""
    by_code = place_by_code(row.get("address_id", ""))
    return by_code or (nearest_place(*position) if position else None)
