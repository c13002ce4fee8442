"""The board by REST: what anyone may read, and nothing else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from weimin.county.permissions import open_to_all

from .. import queries
from ..models import Publication
from ..permissions import story_for_all
from .cursor import Cursor, beyond, cursor_of
from .door import answer
from .shapes import Code, StoryOut, StoryPage

router = Router(tags=["board"], auth=None)


class Wanted(Schema):
    kind: Code | None = None
    place: str | None = Field(None, pattern="^[0-9]{6,14}$", description="a place and everything in it")
    after: Cursor | None = Field(None, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


@router.get("", response=StoryPage, summary="Published matters, newest first")
@open_to_all
def list_stories(request: HttpRequest, asked: Query[Wanted]) -> HttpResponse:
    found = queries.board()
    if asked.kind:
        found = found.filter(kind__code=asked.kind)
    if asked.place:
        found = found.filter(place__code__startswith=asked.place)
    if asked.after:
        found = found.filter(beyond("published_at", asked.after))
    rows = list(found[: asked.limit + 1])
    more, rows = len(rows) > asked.limit, rows[: asked.limit]
    end = cursor_of(rows[-1].published_at, rows[-1].pk) if more else None
    return answer({"items": [_story_out(story) for story in rows], "next": end})


@router.get("/{number}", response=StoryOut, summary="One published matter")
@open_to_all
def one_story(request: HttpRequest, number: Code) -> HttpResponse:
    return answer(_story_out(story_for_all(number)))


def _story_out(story: Publication) -> dict[str, Any]:
    return {
        "number": story.number,
        "request": story.request,
        "kind": story.kind.code,
        "place": story.place.code,
        "office": story.office.code if story.office else None,
        "title": story.title,
        "asked": story.asked,
        "done": story.done,
        "received_on": story.received_on,
        "answered_on": story.answered_on,
        "grade": story.grade,
        "resolved": story.resolved,
        "published_at": story.published_at,
    }
