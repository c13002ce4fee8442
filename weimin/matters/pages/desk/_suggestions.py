"""Who might lead: at most three offices, each with why, what it has on hand, and how the last alike matters went."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.queries import prefixes, route_for
from weimin.county.actors import Actor
from weimin.county.models import Office
from weimin.county.models.places import Level
from weimin.county.queries import offices_open
from weimin.kernel.clock import county_day

from ... import queries
from ...models import Answer, Matter, Rating
from ...states import OPEN_STATES

MOST, LOOKED_AT, SHOWN_ALIKE = 3, 40, 3


@dataclass(frozen=True)
class Alike:
    """An earlier matter of this kind, and what its resident said."""

    number: str
    title: str
    outcome: str | Promise


@dataclass
class Suggestion:
    office: Office
    why: str | Promise
    load: int = 0
    alike: list[Alike] = field(default_factory=list)


def suggestions(matter: Matter, *, by: Actor, now: datetime) -> list[Suggestion]:
    """The rule first, then who did it before, then who helps by the rule, then the township: until there are three."""
    answered = _answered(matter)
    found: dict[int, Suggestion] = {}
    route = route_for(matter.kind, matter.place, on=county_day(now))
    if route is not None:
        why = _("规则：%(kind)s · %(place)s") % {"kind": route.kind.name, "place": route.place.name}
        found[route.lead_id] = Suggestion(route.lead, why)
    for answer in answered:
        if answer.matter.lead is not None:
            found.setdefault(answer.matter.lead.pk, Suggestion(answer.matter.lead, _("最近办过同类的事")))
    for helper in route.supporting.all() if route else ():
        found.setdefault(helper.pk, Suggestion(helper, _("规则中的协办单位")))
    for township in offices_open().filter(place__code__in=prefixes(matter.place), place__level=Level.TOWNSHIP):
        found.setdefault(township.pk, Suggestion(township, _("事情发生在这个乡镇")))
    chosen = list(found.values())[:MOST]
    _weigh(chosen)
    _recall(chosen, answered, by)
    return chosen


def _answered(matter: Matter) -> list[Answer]:
    """The last answers to matters of this kind, newest first."""
    alike = Answer.objects.filter(matter__kind_id=matter.kind_id, refusal=False, matter__lead__retired_on__isnull=True)
    return list(alike.exclude(matter=matter).select_related("matter__lead").order_by("-pk")[:LOOKED_AT])


def _weigh(chosen: Iterable[Suggestion]) -> None:
    """How many open matters each leads now, from the running counts."""
    keys = {one.office.pk: [f"office:{one.office.pk}:{state}" for state in sorted(OPEN_STATES)] for one in chosen}
    counts = queries.tally(*(key for some in keys.values() for key in some)) if keys else {}
    for one in chosen:
        one.load = sum(counts[key] for key in keys[one.office.pk])


def _recall(chosen: Iterable[Suggestion], answered: list[Answer], by: Actor) -> None:
    """Each office's last matters of this kind that this official may open, with what the resident said of them."""
    seen = queries.visible_to(by).filter(pk__in={answer.matter_id for answer in answered}).values_list("pk", flat=True)
    may_open = set(seen)
    said = {
        rating.matter_id: rating
        for rating in Rating.objects.filter(matter__in={answer.matter_id for answer in answered}).order_by("pk")
    }
    told: set[int] = set()
    by_office = {one.office.pk: one.alike for one in chosen}
    for answer in answered:
        alike = by_office.get(answer.matter.lead_id or 0)
        if alike is None or answer.matter_id not in may_open - told or len(alike) >= SHOWN_ALIKE:
            continue
        told.add(answer.matter_id)
        rating = said.get(answer.matter_id)
        outcome = f"{rating.get_resolved_display()} · {rating.get_grade_display()}" if rating else _("没有评价")
        alike.append(Alike(answer.matter.number, answer.matter.title, outcome))
