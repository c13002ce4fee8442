"""The knowledge base as residents read it: search, themes, one answer with who answers for it."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from weimin.catalogue import permissions
from weimin.catalogue.models import Article, Kind
from weimin.catalogue.queries import articles_matching, articles_open
from weimin.county.permissions import open_to_all
from weimin.kernel import clock
from weimin.kernel.clock import county_day

SHOWN_OF_A_THEME = 4
MOST_FOUND = 40

Theme = tuple[Kind | None, list[Article]]


@open_to_all
@require_GET
def knowledge(request: HttpRequest) -> HttpResponse:
    """What people ask, by theme; one theme whole; or what holds the words asked for, best first."""
    words, code = request.GET.get("q", "").strip().replace("\0", "")[:60], request.GET.get("theme", "")
    if words:
        found = list(articles_matching(words).defer("answer_zh", "answer_en")[:MOST_FOUND])
        return render(request, "catalogue/knowledge.html", {"q": words, "found": found, "themes": []})
    themes = _by_theme(articles_open().defer("answer_zh", "answer_en"))
    chosen = [(kind, articles) for kind, articles in themes if kind is not None and kind.code == code]
    context = {
        "q": "", "found": [], "themes": chosen or themes, "whole": bool(chosen), "shown": SHOWN_OF_A_THEME,
    }  # fmt: skip
    return render(request, "catalogue/knowledge.html", context)


def _by_theme(articles: Iterable[Article]) -> list[Theme]:
    """Each top kind with its articles, in the order of the kinds; what has no kind comes last."""
    themes: dict[Kind | None, list[Article]] = {}
    for article in articles:
        themes.setdefault(_top(article.kind), []).append(article)
    return sorted(themes.items(), key=lambda theme: (theme[0] is None, theme[0].code if theme[0] else ""))


def _top(kind: Kind | None) -> Kind | None:
    while kind is not None and kind.parent is not None:
        kind = kind.parent
    return kind


@open_to_all
@require_GET
def article(request: HttpRequest, code: str) -> HttpResponse:
    """One question and its answer, who answers for it, and the way on if it did not help."""
    one = permissions.article_for_all(code)
    context = {
        "article": one,
        "overdue": one.is_overdue(county_day(clock.now())),
        "services": one.services.filter(retired_on__isnull=True).order_by("code"),
    }
    return render(request, "catalogue/article.html", context)
