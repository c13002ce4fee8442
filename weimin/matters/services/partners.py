"""Partners are kept like other settings: each change one verb, one transaction, one ledger entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Kind
from weimin.county.actors import Actor
from weimin.county.models import Place
from weimin.county.services.gate import who_configures
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record
from weimin.notices.carriers.reach import checked_url

from ..models import Partner, PartnerCode, Referral

MOST_PARTNERS = 20


class Deed(models.TextChoices):
    """What is done to partners, as the ledger names it."""

    ADD = "matters.add_partner", _("登记外部系统")
    CHANGE = "matters.change_partner", _("更改外部系统")
    SWITCH = "matters.switch_partner", _("启用或停用外部系统")
    MAP = "matters.map_code", _("对应类别代码")
    UNMAP = "matters.unmap_code", _("取消对应")


@transaction.atomic
def add_partner(*, by: Actor, now: datetime, **wanted: Any) -> Partner:
    """Let matters go to another city's Open311 server, and come from there.

    Before: nothing of this name.  After: the next exchange begins with what happens from now on.  Who: CONFIGURE.
    """
    who = who_configures(by)
    if Partner.objects.count() >= MOST_PARTNERS:
        raise Refused("TOO_MANY_PARTNERS", _("最多登记 20 个外部系统。"))
    partner = Partner(created_at=now, taken_until=now, heard_until=now)
    _set(partner, wanted)
    _record(Deed.ADD, partner, who, now, _told(wanted))
    return partner


@transaction.atomic
def change_partner(partner: Partner, *, by: Actor, now: datetime, **wanted: Any) -> Partner:
    """Change address, key or what is exchanged; an empty key leaves the one that is kept.

    Before: any.  After: whether the partner tells updates is asked anew.  Who: CONFIGURE.
    """
    who = who_configures(by)
    if wanted.get("takes") and not partner.takes:
        partner.taken_until = now  # what happened before was not wanted
    partner.tells_updates = None
    _set(partner, {**wanted, "api_key": wanted.get("api_key") or partner.api_key})
    _record(Deed.CHANGE, partner, who, now, _told(wanted))
    return partner


@transaction.atomic
def switch_partner(partner: Partner, *, on: bool, by: Actor, now: datetime) -> None:
    """Stop the exchange, or go on with it.

    Before: any.  After: what waits stays waiting while it is off; nothing is lost.  Who: CONFIGURE.
    """
    who = who_configures(by)
    partner.off_at = None if on else now
    partner.save(update_fields=["off_at"])
    _record(Deed.SWITCH, partner, who, now, {"on": on})


@transaction.atomic
def map_code(
    partner: Partner, *, service_code: str, kind: Kind, place: Place | None, by_itself: bool, by: Actor, now: datetime
) -> PartnerCode:
    """Say what a service code of theirs is called here, and whether such matters are sent by themselves.

    Before: any.  After: one row for code and kind; matters received from now on follow it.  Who: CONFIGURE.
    """
    who = who_configures(by)
    code = service_code.strip()
    if not code:
        raise Refused("NO_CODE", _("请填对方的类别代码。"), field="service_code")
    row, _made = PartnerCode.objects.update_or_create(
        partner=partner, service_code=code, kind=kind, defaults={"place": place, "by_itself": by_itself, "since": now}
    )
    partner.unknown_codes = [known for known in partner.unknown_codes if known != code]
    partner.save(update_fields=["unknown_codes"])
    content = {"code": code, "kind": kind.code, "place": place.code if place else "", "by_itself": by_itself}
    _record(Deed.MAP, partner, who, now, content)
    return row


@transaction.atomic
def unmap_code(row: PartnerCode, *, by: Actor, now: datetime) -> None:
    """Take back what a service code is called here.

    Before: the row stands.  After: it is gone; matters exchanged under it stay as they are.  Who: CONFIGURE.
    """
    who = who_configures(by)
    content = {"code": row.service_code, "kind": row.kind.code}
    row.delete()
    _record(Deed.UNMAP, row.partner, who, now, content)


def doubt_referrals(*, now: datetime) -> int:
    """Matters that waited to be sent when a backup was taken may have been sent after it: not twice in silence.

    Before: a county was restored.  After: none is QUEUED; those that were are UNCERTAIN, for a clerk to check.
    Who: the operator who restored.
    """
    waiting = Referral.objects.filter(stage=Referral.Stage.QUEUED)
    return waiting.update(stage=Referral.Stage.UNCERTAIN, next_at=now)


def _set(partner: Partner, wanted: Mapping[str, Any]) -> None:
    for field, value in wanted.items():
        setattr(partner, field, value.strip() if isinstance(value, str) else value)
    partner.url = checked_url(partner.url).rstrip("/")
    if partner.takes and (partner.kind is None or partner.place is None):
        raise Refused("NO_DEFAULTS", _("要收下对方的请求，请选好没有对应时用的类别和地点。"), field="kind")
    if partner.sends and not partner.api_key:
        raise Refused("NO_API_KEY", _("要向对方转送，请填对方发给我们的接口密钥。"), field="api_key")
    try:
        with transaction.atomic():
            partner.save()
    except IntegrityError:
        raise Refused("NAME_TAKEN", _("已有这个名称的外部系统，请换一个名称。"), field="name") from None


def _told(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What the ledger commits to: the key only as whether one was given."""
    told = {name: value for name, value in wanted.items() if name not in ("api_key", "kind", "place")}
    return {**told, "key_given": bool(wanted.get("api_key"))}


def _record(what: Deed, partner: Partner, who: str, now: datetime, content: Mapping[str, Any]) -> None:
    told = {"partner": partner.pk, **content}
    record(what=what, about=f"partner:{partner.pk}", by=who, at=now, content=told)
