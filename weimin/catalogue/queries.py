"""Questions about kinds, limits, routes, services and the knowledge base. Nothing here writes."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from weimin.county.models import Office, Place
from weimin.kernel.kept import Kept, KeptRows
from weimin.kernel.limits import Limit

from .models import (
    AnswerTemplate,
    Article,
    ArticleChange,
    Change,
    Kind,
    Question,
    Route,
    Service,
    TimeRule,
    TriageModel,
    Urgency,
)


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


def _read_kinds() -> dict[int, Kind]:
    rows = Kind.objects.in_bulk()
    for kind in rows.values():
        kind.urgency = urgencies_by_key.row(kind.urgency_id)
        if kind.parent_id is not None:
            kind.parent = rows[kind.parent_id]
    return rows


def _kinds_by_code() -> dict[str, Kind]:
    return {kind.code: kind for kind in kinds_by_key().values() if kind.retired_on is None}


# Asked for at every request.
urgencies_by_key = KeptRows(lambda: Urgency.objects.in_bulk(), seconds=5)
kinds_by_key = KeptRows(_read_kinds, seconds=5)  # retired ones too, each with its class and what it lies under
kinds_by_code = Kept(_kinds_by_code, seconds=5)


def promises_cut(urgency: Urgency, limit: Limit) -> list[Kind]:
    """Kinds whose promise keeps within their class today and would be longer than this limit of the class."""
    return [
        kind
        for kind in kinds_open().filter(urgency=urgency)
        if kind.promised.surely_within(urgency.limit) and not kind.promised.surely_within(limit)
    ]


def kind_by_code(code: str) -> Kind | None:
    return kinds_by_code().get(code)


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


def routes_from(on: date) -> QuerySet[Route]:
    """Routes in force on this day or planned for a later one, by kind, place and day."""
    found = Route.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=on))
    with_names = found.select_related("kind", "place", "lead").defer("place__outline").prefetch_related("supporting")
    return with_names.order_by("kind__code", "place__code", "from_on")


def route_rows(kind: Kind, place: Place) -> QuerySet[Route]:
    """Every route this kind ever had at this place, the newest first."""
    found = Route.objects.filter(kind=kind, place=place).select_related("kind", "place", "lead")
    return found.defer("place__outline").prefetch_related("supporting").order_by("-from_on")


def kinds_under(kind: Kind) -> QuerySet[Kind]:
    """The kind and all that lies under it: at most three levels."""
    return Kind.objects.filter(Q(pk=kind.pk) | Q(parent=kind) | Q(parent__parent=kind))


def time_rules() -> QuerySet[TimeRule]:
    """Every row of every rule: past, present and planned, the newest of each code first."""
    return TimeRule.objects.order_by("code", "-from_on")


def routes_naming(office: Office, *, on: date) -> QuerySet[Route]:
    """The rules, in force on this day or later, that send matters to this office to lead or to help."""
    ahead = Q(to_on__isnull=True) | Q(to_on__gte=on)
    return Route.objects.filter(ahead, Q(lead=office) | Q(supporting=office)).distinct()


def questions_of(kind: Kind) -> QuerySet[Question]:
    return Question.objects.filter(kind_id__in=lineage(kind)).order_by("order", "pk")


def templates_for(kind: Kind) -> QuerySet[AnswerTemplate]:
    """Templates of the kind and of what it lies under, then the general ones."""
    return AnswerTemplate.objects.filter(Q(kind_id__in=lineage(kind)) | Q(kind__isnull=True)).order_by("kind_id", "pk")


def templates_all() -> QuerySet[AnswerTemplate]:
    return AnswerTemplate.objects.select_related("kind").order_by("kind__code", "pk")


def said_in(entries: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What these ledger entries of the catalogue said, by their number."""
    return dict(Change.objects.filter(entry__in=list(entries)).values_list("entry", "content"))


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


def articles_kept() -> QuerySet[Article]:
    """Every article there ever was, with what its pages name."""
    return Article.objects.select_related("office", "kind__parent__parent")


def articles_open() -> QuerySet[Article]:
    """What residents may read, by theme."""
    return articles_kept().filter(retired_on__isnull=True).order_by("kind__code", "code")


def articles_matching(words: str) -> QuerySet[Article]:
    """Articles that hold every word asked for; where the question itself holds them stands first, then the usual
    ways of saying it, then the answer. `rank` is 0, 1 or 2."""
    asked, found = words.split()[:6], articles_open()
    for word in asked:
        found = found.filter(_in_title(word) | _in_keywords(word) | _in_answer(word))
    titled, keyed = Q(), Q()
    for word in asked:
        titled &= _in_title(word)
        keyed &= _in_title(word) | _in_keywords(word)
    if not asked:
        return found.annotate(rank=Value(0)).order_by("code")
    rank = Case(When(titled, then=0), When(keyed, then=1), default=2, output_field=IntegerField())
    return found.annotate(rank=rank).order_by("rank", "code")


def _in_title(word: str) -> Q:
    return Q(title_zh__icontains=word) | Q(title_en__icontains=word)


def _in_keywords(word: str) -> Q:
    return Q(keywords__icontains=word) | Q(pinyin__icontains=word.lower())


def _in_answer(word: str) -> Q:
    return Q(answer_zh__icontains=word) | Q(answer_en__icontains=word)


def articles_for(kind: Kind) -> QuerySet[Article]:
    """Articles of the kind first, then of the kinds beneath it, then of what it lies under."""
    above = lineage(kind)[1:]
    beneath = Q(kind__parent=kind) | Q(kind__parent__parent=kind)
    near = Case(When(kind=kind, then=0), When(beneath, then=1), default=2, output_field=IntegerField())
    found = articles_open().filter(Q(kind=kind) | beneath | Q(kind_id__in=above))
    return found.annotate(near=near).order_by("near", "code")


def articles_answering(kind: Kind, text: str) -> list[Article]:
    """Articles of the kind for somebody who wrote this: those first whose usual ways of saying it they used."""
    return sorted(articles_for(kind)[:60], key=lambda article: -sum(word in text for word in article.keywords.split()))


def changes_of(article: Article) -> QuerySet[ArticleChange]:
    """What happened to the article, newest first, each wording as it was."""
    return article.changes.select_related("post__office", "official").order_by("-version")


def model_in_force() -> TriageModel | None:
    """By which kinds are guessed: the newest that was not withdrawn, without its file."""
    return TriageModel.objects.filter(withdrawn_at__isnull=True).defer("held").order_by("-pk").first()
