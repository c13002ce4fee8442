"""The board: what others asked, what was done, how long it took; as stories and as a map."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import kinds_open
from weimin.county.models import Place
from weimin.county.models.places import Level
from weimin.county.permissions import open_to_all
from weimin.kernel import clock
from weimin.matters import permissions, queries
from weimin.matters.models import Publication
from weimin.matters.states import Request, Resolved

from . import on_map

ROWS = 20


@dataclass(frozen=True)
class Filter:
    """What the reader wants to see. A village counts only within the township that was chosen."""

    township: Place | None
    village: Place | None
    kind: Kind | None

    @property
    def stories(self) -> Q:
        found = Q()
        if (place := self.village or self.township) is not None:
            found &= Q(place__code__startswith=place.code)
        if self.kind is not None:
            found &= Q(kind=self.kind) | Q(kind__parent=self.kind) | Q(kind__parent__parent=self.kind)
        return found


def _places(level: Level) -> QuerySet[Place]:
    return Place.objects.filter(level=level, retired_on__isnull=True).defer("outline").order_by("code")


def _filter(asked: QueryDict) -> tuple[Filter, dict[str, Any]]:
    """The filter, and what can be chosen next."""
    townships = list(_places(Level.TOWNSHIP))
    township = next((place for place in townships if place.code == asked.get("township")), None)
    villages = list(_places(Level.VILLAGE).filter(parent=township)) if township else []
    village = next((place for place in villages if place.code == asked.get("village")), None)
    kinds = list(kinds_open().filter(depth__lte=2))
    kind = next((kind for kind in kinds if kind.code == asked.get("kind")), None)
    tops = [(top, [kind for kind in kinds if kind.parent_id == top.pk]) for top in kinds if top.depth == 1]
    shown = Filter(township, village, kind)
    return shown, {"townships": townships, "villages": villages, "kinds": tops, "filter": shown}


@open_to_all
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Published stories, newest first, by township, village and kind."""
    shown, choices = _filter(request.GET)
    rows, older, newer = _page(shown.stories, request)
    return render(request, "matters/portal/board.html", {**choices, "stories": rows, "older": older, "newer": newer})


@open_to_all
@require_GET
def board_map(request: HttpRequest) -> HttpResponse:
    """How many stories of the last twelve months each township and village has: a map, and its table beneath."""
    shown, choices = _filter(request.GET)
    rows = on_map.counts(shown.stories, township=shown.township, now=clock.now())
    return render(request, "matters/portal/board_map.html", {**choices, "rows": rows, "fewest": on_map.FEWEST})


@open_to_all
@gzip_page  # nothing secret stands in it, so its length tells nothing
@cache_control(public=True, max_age=3600)
@vary_on_headers("Accept-Language", "Cookie")
@require_GET
def places(request: HttpRequest) -> JsonResponse:
    """Outlines of the townships and positions of the villages, for maps; nothing about matters."""
    return JsonResponse(on_map.outlines(), content_type="application/geo+json")


def _page(found: Q, request: HttpRequest) -> tuple[list[Publication], str, str]:
    """Twenty rows beside the cursor, and the cursors on either side. A cursor is a number that stands on the board."""
    stories = queries.board().filter(found)
    older, newer = (_story(request.GET.get(name, "")) for name in ("older", "newer"))
    if newer is not None:
        later = Q(published_at__gt=newer.published_at) | Q(published_at=newer.published_at, pk__gt=newer.pk)
        rows = list(stories.filter(later).order_by("published_at", "pk")[: ROWS + 1])
        return rows[:ROWS][::-1], _cursor(rows[:1]), _cursor(rows[ROWS - 1 : ROWS] if len(rows) > ROWS else [])
    if older is not None:
        stories = stories.filter(
            Q(published_at__lt=older.published_at) | Q(published_at=older.published_at, pk__lt=older.pk)
        )
    rows = list(stories[: ROWS + 1])
    return (
        rows[:ROWS],
        _cursor(rows[ROWS - 1 : ROWS] if len(rows) > ROWS else []),
        _cursor(rows[:1] if older is not None else []),
    )


def _cursor(rows: list[Publication]) -> str:
    return rows[0].number if rows else ""


def _story(number: str) -> Publication | None:
    return queries.board().filter(number=number).first() if number else None


@open_to_all
@require_GET
def published(request: HttpRequest, number: str) -> HttpResponse:
    """One story: asked, done, took."""
    story = permissions.story_for_all(number)
    context = {
        "story": story,
        "days": (story.answered_on - story.received_on).days,
        "request_words": Request(story.request).label,
        "resolved_words": Resolved(story.resolved).label if story.resolved else "",
    }
    return render(request, "matters/portal/published.html", context)
