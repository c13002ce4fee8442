"""To the partner: what waits is sent, tokens are turned into numbers, rules send by themselves."""

import logging
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from weimin.county.actors import CLOCK
from weimin.kernel.refusal import Refused
from weimin.webhooks.schedule import next_try

from .. import journey, queries
from ..models import Matter, Partner, PartnerCode, Referral
from ..states import OPEN_STATES
from . import wire

log = logging.getLogger(__name__)

_BATCH = 50
_TRIES = 3
_MOST_WORDS = 250  # characters of a partner's own words that are kept
Stage = Referral.Stage


def send_by_rule(partner: Partner, *, now: datetime) -> int:
    """Queue matters that a rule of this partner sends by itself: kind and place, never the resident's words."""
    done = 0
    for rule in PartnerCode.objects.filter(partner=partner, by_itself=True).select_related("kind", "place"):
        there = Referral.objects.filter(partner=partner, matter=OuterRef("pk"))
        found = Matter.objects.filter(
            ~Exists(there), kind=rule.kind, state__in=OPEN_STATES, received_at__gte=rule.since
        )
        if rule.place is not None:
            found = found.filter(place_code__startswith=rule.place.code)
        for matter in found.select_related("place__parent").order_by("pk")[:_BATCH]:
            words = _("%(kind)s，%(place)s。县里的编号 %(number)s。") % {
                "kind": rule.kind.name_zh, "place": queries.village_of(matter).name_zh, "number": matter.number,
            }  # fmt: skip
            try:
                journey.forward_matter(
                    matter, partner=partner, service_code=rule.service_code, words=words, by=CLOCK, now=now
                )
                done += 1
            except Refused as refusal:  # somebody acted on it this moment; it is found again
                log.info("%s: %s", matter, refusal.code)
    return done


def send_waiting(partner: Partner, *, now: datetime) -> int:
    """Send what is due. A partner that is away ends the round; what is in doubt is never sent twice."""
    done = 0
    due = Referral.objects.filter(partner=partner, stage=Stage.QUEUED, next_at__lte=now)
    for referral in due.select_related("partner", "matter__place__parent").order_by("next_at", "pk")[:_BATCH]:
        claimed = Referral.objects.filter(pk=referral.pk, stage=Stage.QUEUED, attempts=referral.attempts)
        if not claimed.update(stage=Stage.UNCERTAIN, attempts=referral.attempts + 1):
            continue
        referral.attempts += 1
        try:
            rows = wire.post(partner, "requests", **_form(referral))
        except wire.Away as away:
            _wait(referral, str(away), now)
            raise
        except wire.Denied as denied:
            _ended(referral, Stage.REFUSED, denied.words, now)
            continue
        except wire.Doubt as doubt:
            _ended(referral, Stage.UNCERTAIN, str(doubt), now)
            continue
        done += _accepted(referral, rows, now)
    return done


def _form(referral: Referral) -> dict[str, str]:
    """What the partner is told: code, words, the village and its position. Nobody's name, nobody's number."""
    village = queries.village_of(referral.matter)
    told = {
        "service_code": referral.service_code,
        "description": referral.words,
        "address_string": village.name_zh,
        "account_id": referral.matter.number,
    }
    if village.lat is not None and village.long is not None:
        told |= {"lat": str(village.lat), "long": str(village.long)}
    return told


def _accepted(referral: Referral, rows: list[wire.Row], now: datetime) -> int:
    first = rows[0] if rows else {}
    if number := first.get("service_request_id", ""):
        keep_number(referral, number, now)
    elif token := first.get("token", ""):
        Referral.objects.filter(pk=referral.pk).update(stage=Stage.TOKEN, token=token[:200], trouble="")
    else:
        _ended(referral, Stage.UNCERTAIN, "neither number nor token in the answer", now)
        return 0
    return 1


def keep_number(referral: Referral, number: str, now: datetime) -> None:
    """Both numbers from here on. The number is kept first: it must not be lost because somebody acts at this moment."""
    Referral.objects.filter(pk=referral.pk).update(stage=Stage.SENT, foreign_id=number[:60], token="", trouble="")
    _note(referral, _("已收下，对方编号 %(number)s。") % {"number": number[:60]}, False, now)


def _note(referral: Referral, words: str, internal: bool, now: datetime) -> None:
    for _try in range(_TRIES):
        try:
            journey.note_outside(referral, words=words, internal=internal, by=CLOCK, now=now)
            return
        except Refused as refusal:  # somebody was first; the matter is read anew
            log.info("%s: %s", referral, refusal.code)


def ask_tokens(partner: Partner, *, now: datetime) -> int:
    """Tokens that have become numbers by now."""
    done = 0
    for referral in Referral.objects.filter(partner=partner, stage=Stage.TOKEN).select_related("partner")[:_BATCH]:
        try:
            rows = wire.get(partner, f"tokens/{referral.token}")
        except wire.Denied as denied:
            log.info("token of referral %s: %s", referral.pk, denied.status)
            continue
        if number := (rows[0] if rows else {}).get("service_request_id", ""):
            keep_number(referral, number, now)
            done += 1
    return done


def _wait(referral: Referral, why: str, now: datetime) -> None:
    again = next_try(f"referral:{referral.pk}", attempts=referral.attempts, now=now)
    if again is None:
        _ended(referral, Stage.REFUSED, why, now)
        return
    Referral.objects.filter(pk=referral.pk).update(stage=Stage.QUEUED, next_at=again, trouble=why[:300])


def _ended(referral: Referral, stage: Referral.Stage, why: str, now: datetime) -> None:
    """It did not get there, or nobody knows: on the matter, for whoever answers for it."""
    Referral.objects.filter(pk=referral.pk).update(stage=stage, trouble=why[:300])
    words = _("没有收下：%(why)s") if stage == Stage.REFUSED else _("收没收到不明（%(why)s），请核对后决定是否再转。")
    _note(referral, words % {"why": why[:_MOST_WORDS]}, True, now)
