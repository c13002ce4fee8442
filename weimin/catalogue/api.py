"""The knowledge base by REST: what anyone may read, and nothing else."""

from datetime import date
from typing import Annotated, Any

import orjson
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema
from pydantic import Field

from weimin.county.permissions import open_to_all
from weimin.kernel import clock
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused

from .models import Article
from .permissions import article_for_all
from .queries import articles_matching

router = Router(tags=["knowledge"], auth=None)

PLAIN = r"^[^\x00-\x1f\x7f]*$"  # no control characters: PostgreSQL keeps no NUL
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=PLAIN)]


class Wanted(Schema):
    q: str | None = Field(None, max_length=60, pattern=PLAIN, description="every word must be held")
    kind: Code | None = None
    office: Code | None = None
    after: str | None = Field(None, max_length=60, pattern=PLAIN, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


class ArticleOut(Schema):
    code: str
    kind: str | None
    office: str
    title_zh: str
    title_en: str
    answer_zh: str
    answer_en: str
    source_zh: str
    source_en: str
    services: list[str]
    reviewed_on: date
    valid_until: date
    overdue: bool = Field(description="past its review date: ask the office before relying on it")


class ArticlePage(Schema):
    items: list[ArticleOut]
    next: str | None


@router.get("", response=ArticlePage, summary="Articles of the knowledge base; with words, the best first")
@open_to_all
def list_articles(request: HttpRequest, asked: Query[Wanted]) -> HttpResponse:
    found = articles_matching(asked.q or "").prefetch_related("services")
    if asked.kind:
        found = found.filter(kind__code=asked.kind)
    if asked.office:
        found = found.filter(office__code=asked.office)
    rows = list(_beyond(found, asked.after)[: asked.limit + 1])
    more, rows = len(rows) > asked.limit, rows[: asked.limit]
    end = f"{rows[-1].rank}.{rows[-1].code}" if more else None  # type: ignore[attr-defined]  # annotated by the query
    return _answer({"items": [_out(article) for article in rows], "next": end})


def _beyond(found: QuerySet[Article], cursor: str | None) -> QuerySet[Article]:
    """Articles after the one the last page ended with."""
    if cursor is None:
        return found
    rank, dot, code = cursor.partition(".")
    if rank not in {"0", "1", "2"} or not dot:
        raise Refused("BAD_CURSOR", _("翻页标记不对，请从第一页重新开始。"), field="after")
    return found.filter(Q(rank__gt=int(rank)) | Q(rank=int(rank), code__gt=code))


@router.get("/{code}", response=ArticleOut, summary="One article")
@open_to_all
def one_article(request: HttpRequest, code: Code) -> HttpResponse:
    return _answer(_out(article_for_all(code)))


def _answer(body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), content_type="application/json")


def _out(article: Article) -> dict[str, Any]:
    plain = ("code", "title_zh", "title_en", "answer_zh", "answer_en", "source_zh", "source_en", "reviewed_on",
             "valid_until")  # fmt: skip
    return {
        **{name: getattr(article, name) for name in plain},
        "kind": article.kind.code if article.kind else None,
        "office": article.office.code,
        "services": sorted(service.code for service in article.services.all()),
        "overdue": article.is_overdue(county_day(clock.now())),
    }
