"""Which office leads: kind × place, from a day on."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.models import Office, Place
from weimin.county.services.gate import who_configures
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..models import Kind, Route

_A_DAY = timedelta(days=1)


@transaction.atomic
def set_route(
    kind: Kind,
    *,
    place: Place,
    lead: Office,
    supporting: Sequence[Office] = (),
    from_on: date,
    source_zh: str,
    by: Actor,
    now: datetime,
) -> Route:
    """Say which office leads matters of this kind at this place from a day on, and which help.

    Before: another route, or none. After: the other ends the day before; this one is in force from then.
    Who: CONFIGURE, covering the place.
    """
    who = who_configures(by, place_code=place.code)
    if from_on < county_day(now):
        raise Refused("PAST_DATE", _("派办规则只能从今天或以后的日子起改。"), field="from_on")
    if lead.retired_on is not None and lead.retired_on <= from_on:
        raise Refused("UNKNOWN_OFFICE", _("这个单位已撤销，请另选一个。"), field="lead")
    if not source_zh.strip():
        raise Refused("NO_SOURCE", _("请写明由谁牵头的依据。"), field="source_zh")
    standing = Route.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=from_on), kind=kind, place=place)
    if standing.filter(from_on__gte=from_on).exists():
        raise Refused("ROUTE_SET_ALREADY", _("这一类在那天或以后已另有安排，请先核对生效日期。"), field="from_on")
    standing.update(to_on=from_on - _A_DAY)
    route = Route.objects.create(kind=kind, place=place, lead=lead, from_on=from_on, source_zh=source_zh.strip())
    route.supporting.set([office for office in supporting if office.pk != lead.pk])
    content = {
        "kind": kind.code, "place": place.code, "lead": lead.code, "from": from_on,
        "supporting": sorted(office.code for office in supporting),
    }  # fmt: skip
    record(what="catalogue.set_route", about=f"kind:{kind.code}", by=who, at=now, content=content)
    return route
