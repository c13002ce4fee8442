"""The board: what others asked, what was done, how long it took."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import kinds_open
from weimin.county.models import Place
from weimin.county.models.places import Level
from weimin.county.permissions import open_to_all
from weimin.matters import permissions, queries
from weimin.matters.models import Publication
from weimin.matters.states import Request, Resolved

ROWS = 20


@open_to_all
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Published stories, newest first, by township and kind."""
    townships = Place.objects.filter(level=Level.TOWNSHIP, retired_on__isnull=True).order_by("code")
    tops = kinds_open().filter(depth=1)
    township = townships.filter(code=request.GET.get("township", "")).first()
    kind = tops.filter(code=request.GET.get("kind", "")).first()
    rows, older, newer = _page(_found(township, kind), request)
    context = {
        "stories": rows, "older": older, "newer": newer, "townships": townships, "kinds": tops,
        "township": township, "kind": kind,
    }  # fmt: skip
    return render(request, "matters/portal/board.html", context)


def _found(township: Place | None, kind: Kind | None) -> Q:
    found = Q()
    if township is not None:
        found &= Q(place__code__startswith=township.code)
    if kind is not None:
        found &= Q(kind=kind) | Q(kind__parent=kind) | Q(kind__parent__parent=kind)
    return found


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
