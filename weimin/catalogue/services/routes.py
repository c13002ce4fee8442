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

from ..models import Kind, Route
from ._core import need_source, write_down

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
    source = need_source(source_zh)
    standing = Route.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=from_on), kind=kind, place=place)
    if standing.filter(from_on__gte=from_on).exists():
        raise Refused(
            "ROUTE_SET_ALREADY", _("这一类在那天或以后已另有安排。请换一个日期，或先撤回那次改动。"), field="from_on"
        )
    before = standing.select_related("lead").first()
    standing.update(to_on=from_on - _A_DAY)
    route = Route.objects.create(kind=kind, place=place, lead=lead, from_on=from_on, source_zh=source)
    helpers = [office for office in supporting if office.pk != lead.pk]
    route.supporting.set(helpers)
    content = {
        "before": {"lead": before.lead.code if before else None},
        "after": {"lead": lead.code, "supporting": sorted(office.code for office in helpers)},
        "from": from_on, "source": source,
    }  # fmt: skip
    write_down(what="catalogue.set_route", about=_about(route), who=who, now=now, content=content)
    return route


@transaction.atomic
def end_route(route: Route, *, to_on: date, source_zh: str, by: Actor, now: datetime) -> Route:
    """Let a route end. Afterwards the next wider rule holds, or a person decides.

    Before: in force until further notice. After: `to_on` is its last day; what was dispatched stays where it is.
    Who: CONFIGURE, covering the place.
    """
    who, source = who_configures(by, place_code=route.place.code), need_source(source_zh)
    if to_on < county_day(now):
        raise Refused("PAST_DATE", _("最后一天只能是今天或以后，过去的事按过去的规则办。"), field="to_on")
    if to_on < route.from_on:
        raise Refused("ENDS_BEFORE_IT_BEGINS", _("最后一天不能早于生效日期；还没生效的，请撤回。"), field="to_on")
    if not Route.objects.filter(pk=route.pk, to_on__isnull=True).update(to_on=to_on):
        raise Refused("ENDED_ALREADY", _("这条派办规则已定了结束日期。请刷新页面再看。"), field="to_on")
    route.to_on = to_on
    content = {
        "before": {"lead": route.lead.code, "to": None}, "after": {"lead": None, "to": to_on}, "source": source,
    }  # fmt: skip
    write_down(what="catalogue.end_route", about=_about(route), who=who, now=now, content=content)
    return route


@transaction.atomic
def withdraw_route(route: Route, *, by: Actor, now: datetime) -> None:
    """Take back a route that has not begun. The one before it runs on as if nothing had been planned.

    Before: planned, from a day to come. After: gone; the one before has no end again.
    Who: CONFIGURE, covering the place.
    """
    who = who_configures(by, place_code=route.place.code)
    if route.from_on <= county_day(now):
        raise Refused("BEGUN_ALREADY", _("这条派办规则已经生效，不能撤回。需要改的，请另定一个生效日期。"))
    about, day, lead = _about(route), route.from_on, route.lead.code
    before = Route.objects.filter(kind_id=route.kind_id, place_id=route.place_id, to_on=day - _A_DAY)
    if not Route.objects.filter(pk=route.pk).delete()[0]:
        raise Refused("WITHDRAWN_ALREADY", _("这次改动已经撤回。请刷新页面再看。"))
    before.update(to_on=None)
    content = {"before": {"lead": lead}, "after": {"lead": None}, "from": day}
    write_down(what="catalogue.withdraw_route", about=about, who=who, now=now, content=content)


def _about(route: Route) -> str:
    return f"route:{route.kind.code}:{route.place.code}"
