"""Who would be asked to lead, under the rules as they are and as they would be. No matter is read twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _t

from weimin.catalogue.models import Kind, Route
from weimin.catalogue.queries import kinds_under, prefixes, routes_from
from weimin.county.models import Office, Place
from weimin.county.templatetags.weimin import day

from .reach import SHOWN, UNSENT, Group, Preview, matters_where


@dataclass(frozen=True)
class Answer:
    """One rule as far as choosing goes: where it stands, and whom it names."""

    kind_id: int
    place_code: str
    lead: Office


def of_route(kind: Kind, place: Place, *, lead: Office | None, on: date) -> Preview:
    """Which open matters would be proposed to another office from that day on. `lead` None: the route ends."""
    kinds = {one.pk: one for one in kinds_under(kind).select_related("parent__parent")}
    scope = Q(kind__in=kinds, place_code__startswith=place.code)
    in_force = [route for route in routes_from(on) if route.from_on <= on]
    now = [_answer(route) for route in in_force]
    others = [one for one in now if (one.kind_id, one.place_code) != (kind.pk, place.code)]
    then = others if lead is None else [*others, Answer(kind.pk, place.code, lead)]
    moved, n = [], 0
    for matter in matters_where(scope & Q(state__in=UNSENT)):
        line = _lineage(kinds[matter.kind_id])
        old, new = (_best(rules, line, prefixes(matter.place)) for rules in (now, then))
        if old != new:
            n += 1
            moved.append((matter, _t("%(old)s → %(new)s") % {"old": _name(old), "new": _name(new)}))
    kept = matters_where(scope & ~Q(state__in=UNSENT))
    stays = Group(_t("照旧：已经派出的，留在原来的单位"), kept.count(), [(one, "") for one in kept[:SHOWN]])
    goes = Group(_t("还没派办，如果%(day)s起才派办，建议的主办单位会变") % {"day": day(on)}, n, moved[:SHOWN])
    return Preview([_t("规则只给派办人提建议，派给谁仍由派办人定。")], [stays, goes])


def _answer(route: Route) -> Answer:
    return Answer(route.kind_id, route.place.code, route.lead)


def _lineage(kind: Kind) -> list[int]:
    above = kind.parent
    return [kind.pk, *([] if above is None else [above.pk, *([above.parent_id] if above.parent_id else [])])]


def _best(rules: Iterable[Answer], kinds: list[int], places: list[str]) -> Office | None:
    """The most specific kind wins, then the most specific place: as `route_for` chooses."""
    fit = [rule for rule in rules if rule.kind_id in kinds and rule.place_code in places]
    best = min(fit, key=lambda rule: (kinds.index(rule.kind_id), places.index(rule.place_code)), default=None)
    return best.lead if best else None


def _name(office: Office | None) -> str:
    return office.name if office else _t("由人来定")
