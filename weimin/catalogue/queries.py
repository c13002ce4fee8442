"""Questions about kinds, limits, routes and services. Nothing here writes."""

from datetime import date
from hashlib import sha256

from django.db.models import Q, QuerySet

from weimin.county.models import Place
from weimin.kernel.limits import Limit

from .models import AnswerTemplate, Kind, Question, Route, Service, TimeRule, Urgency


class MissingRule(LookupError):
    """The catalogue has no rule of this code in force on this day: the operator must enter one."""

    def __init__(self, code: str, on: date) -> None:
        super().__init__(f"No time rule {code} is in force on {on}. Enter it under 规则维护 / Settings.")


def _in_force(on: date) -> Q:
    return Q(from_on__lte=on) & (Q(to_on__isnull=True) | Q(to_on__gte=on))


def time_rule(code: str, *, on: date) -> TimeRule:
    """The rule in force on the day of the event; MissingRule if none was entered."""
    rule = TimeRule.objects.filter(_in_force(on), code=code).order_by("-from_on").first()
    if rule is None:
        raise MissingRule(code, on)
    return rule


def earliest_rule(code: str, *, on: date) -> TimeRule:
    """The rule in force on the day, or the county's first one for what lies before it: records of earlier years."""
    rule = TimeRule.objects.filter(code=code).order_by("from_on").first()
    return rule if rule is not None and rule.from_on > on else time_rule(code, on=on)


def answer_limit(kind: Kind, urgency: Urgency) -> Limit:
    """How long the resident is told to wait: the kind's promise, or the class's limit where the clerk found another."""
    return kind.promised if urgency.pk == kind.urgency_id else urgency.limit


def kinds_open() -> QuerySet[Kind]:
    return Kind.objects.filter(retired_on__isnull=True).select_related("urgency").order_by("code")


def kind_by_code(code: str) -> Kind | None:
    return kinds_open().filter(code=code).first()


def imported_code(path: tuple[str, ...]) -> str:
    """The same names give the same code, so an import may be run again."""
    return "T" + sha256("/".join(path).encode()).hexdigest()[:12].upper() if path else ""


def lineage(kind: Kind) -> list[int]:
    """The kind and what it lies under, most specific first. At most three."""
    ids, here = [kind.pk], kind
    while here.parent_id is not None and here.parent is not None:
        here = here.parent
        ids.append(here.pk)
    return ids


def prefixes(place: Place) -> list[str]:
    """Codes of the place and of what it lies in, most specific first."""
    return [place.code[:length] for length in (14, 12, 9, 6) if len(place.code) >= length]


def route_for(kind: Kind, place: Place, *, on: date) -> Route | None:
    """Lead and supporting offices by rule: the most specific kind wins, then the most specific place.

    The match and its reason can be shown to the clerk; None means the catalogue leaves it to a person.
    """
    kinds, places = lineage(kind), prefixes(place)
    routes = (
        Route.objects.filter(_in_force(on), kind_id__in=kinds, place__code__in=places)
        .select_related("lead", "kind", "place")
        .prefetch_related("supporting")
    )
    return min(routes, key=lambda route: (kinds.index(route.kind_id), places.index(route.place.code)), default=None)


def questions_of(kind: Kind) -> QuerySet[Question]:
    return Question.objects.filter(kind_id__in=lineage(kind)).order_by("order", "pk")


def templates_for(kind: Kind) -> QuerySet[AnswerTemplate]:
    """Templates of the kind and of what it lies under, then the general ones."""
    return AnswerTemplate.objects.filter(Q(kind_id__in=lineage(kind)) | Q(kind__isnull=True)).order_by("kind_id", "pk")


def services_open() -> QuerySet[Service]:
    return Service.objects.filter(retired_on__isnull=True).select_related("office").order_by("theme_zh", "code")


def services_matching(words: str) -> QuerySet[Service]:
    """Services whose name, everyday name, theme or pinyin holds every word asked for."""
    found = services_open()
    for word in words.split()[:6]:
        found = found.filter(
            Q(name_zh__icontains=word)
            | Q(name_en__icontains=word)
            | Q(plain_zh__icontains=word)
            | Q(theme_zh__icontains=word)
            | Q(theme_en__icontains=word)
            | Q(pinyin__icontains=word.lower())
        )
    return found
