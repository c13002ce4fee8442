"""The knowledge base on the desk: what is to be reviewed, and the pages on which an office keeps its articles."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Office
from weimin.county.permissions import StaffRequest, needs
from weimin.county.queries import offices_open
from weimin.kernel import clock
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused

from ..forms.articles import ArticleForm, ConfirmForm, RetireForm
from ..models import Article
from ..permissions import article_for_staff, post_that_keeps
from ..queries import articles_kept, articles_matching, changes_of
from ..services import Words, confirm_article, keep_article, retire_article

MOST_ROWS = 200
Call = Callable[[dict[str, Any], datetime], Article]


def _show(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = render(request, f"catalogue/desk/{name}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@needs(Duty.CONFIGURE, Duty.HANDLE)
@require_GET
def articles(request: StaffRequest) -> HttpResponse:
    """The table: what is past its review date stands first, then what comes next."""
    today, view = county_day(clock.now()), request.GET.get("view", "")
    words = request.GET.get("q", "").strip().replace("\0", "")[:60]
    offices, office = list(offices_open()), _office_asked(request)
    rows = _seen(articles_matching(words) if words else articles_kept(), view, today)
    if office is not None:
        rows = rows.filter(office=office)
    found = list(rows.defer("answer_zh", "answer_en").order_by("valid_until", "code")[: MOST_ROWS + 1])
    context = {
        "rows": [(article, article.is_overdue(today)) for article in found[:MOST_ROWS]],
        "more": len(found) > MOST_ROWS, "q": words, "view": view, "offices": offices, "office": office,
        "may_write": bool(_offices_kept(request.actor)), "queue": "knowledge",
    }  # fmt: skip
    return _show(request, "articles", context)


def _seen(rows: QuerySet[Article], view: str, today: date) -> QuerySet[Article]:
    if view == "retired":
        return rows.filter(retired_on__isnull=False)
    rows = rows.filter(retired_on__isnull=True)
    return rows.filter(valid_until__lt=today) if view == "overdue" else rows


def _office_asked(request: StaffRequest) -> Office | None:
    """The office chosen; at first one's own, for who keeps the county's rules all of them."""
    asked = request.GET.get("office")
    if asked is not None:
        return offices_open().filter(code=asked).first()
    if request.actor.has(Duty.CONFIGURE):
        return None
    return next((post.office for post in request.actor.posts_with(Duty.HANDLE)), None)


def _offices_kept(actor: Actor) -> QuerySet[Office]:
    """Offices for which this official may write."""
    if actor.has(Duty.CONFIGURE):
        return offices_open()
    return offices_open().filter(pk__in={post.office_id for post in actor.posts_with(Duty.HANDLE)})


@needs(Duty.CONFIGURE, Duty.HANDLE)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """A new article."""
    now, offices = clock.now(), _offices_kept(request.actor)
    own = offices.first()
    first = {"version": 0, "valid_until": _next_year(now), "office": own.code if own else ""}
    form = ArticleForm(request.POST or None, offices=offices, initial=first)
    kept = _done(form, lambda d, at: _keep(None, d, request.actor, at), now)
    if kept is not None:
        messages.success(request, _("已公开。居民现在就能查到这一条。"))
        return redirect("catalogue:desk_article", kept.code)
    return _show(request, "article", {"form": form, "article": None, "queue": "knowledge"}, status=_status(form))


@needs(Duty.CONFIGURE, Duty.HANDLE)
@require_http_methods(["GET", "POST"])
def article(request: StaffRequest, code: str) -> HttpResponse:
    """One article with everything it ever said; whoever keeps it may write it anew."""
    one, now, offices = article_for_staff(code), clock.now(), _offices_kept(request.actor)
    form = ArticleForm(request.POST or None, offices=offices, initial=_as_it_is(one, now))
    kept = _done(form, lambda d, at: _keep(_as_seen(one, d), d, request.actor, at), now)
    if kept is not None:
        messages.success(request, _("新的文字已公开，原来的文字留在下面的记录里。"))
        return redirect("catalogue:desk_article", kept.code)
    return _show(request, "article", {"form": form, **_beside(request, one)}, status=_status(form))


@needs(Duty.CONFIGURE, Duty.HANDLE)
@require_http_methods(["GET", "POST"])
def confirm(request: StaffRequest, code: str) -> HttpResponse:
    """Read it through, and say that it is still right."""
    one, now = article_for_staff(code), clock.now()
    form = ConfirmForm(request.POST or None, initial={"version": one.version, "valid_until": _next_year(now)})

    def call(data: dict[str, Any], at: datetime) -> Article:
        return confirm_article(_as_seen(one, data), valid_until=data["valid_until"], by=request.actor, now=at)

    if _done(form, call, now) is not None:
        messages.success(request, _("已复核。居民会看到今天的复核日期。"))
        return redirect("catalogue:desk_articles")
    return _show(request, "confirm", {"form": form, **_beside(request, one)}, status=_status(form))


@needs(Duty.CONFIGURE, Duty.HANDLE)
@require_http_methods(["GET", "POST"])
def retire(request: StaffRequest, code: str) -> HttpResponse:
    """Take it out of use, with the reason."""
    one, now = article_for_staff(code), clock.now()
    form = RetireForm(request.POST or None, initial={"version": one.version})

    def call(data: dict[str, Any], at: datetime) -> Article:
        return retire_article(_as_seen(one, data), reason=data["reason"], by=request.actor, now=at)

    if _done(form, call, now) is not None:
        messages.success(request, _("已停用。居民查不到这一条了，文字和记录都还在。"))
        return redirect("catalogue:desk_article", one.code)
    return _show(request, "retire", {"form": form, **_beside(request, one)}, status=_status(form))


def _status(form: forms.Form) -> int:
    return 422 if form.errors else 200


def _done(form: forms.Form, call: Call, now: datetime) -> Article | None:
    """What the verb made of it; its refusal stands at its field."""
    if not form.is_valid():
        return None
    try:
        return call(form.cleaned_data, now)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None


def _as_seen(one: Article, data: dict[str, Any]) -> Article:
    """The article as the official read it, so that a change in between is noticed by the verb."""
    one.version = data["version"]
    return one


def _keep(one: Article | None, data: dict[str, Any], by: Actor, now: datetime) -> Article:
    words = Words(**{field.name: data[field.name] for field in fields(Words)})
    return keep_article(
        one, words=words, office=data["office"], kind=data["kind"], services=list(data["services"]),
        valid_until=data["valid_until"], by=by, now=now,
    )  # fmt: skip


def _as_it_is(one: Article, now: datetime) -> dict[str, Any]:
    written = {field.name: getattr(one, field.name) for field in fields(Words)}
    return {**written, "version": one.version, "office": one.office.code, "valid_until": _next_year(now),
            "kind": one.kind.code if one.kind else "",
            "services": [service.code for service in one.services.all()]}  # fmt: skip


def _beside(request: StaffRequest, one: Article) -> dict[str, Any]:
    return {
        "article": one,
        "overdue": one.is_overdue(county_day(clock.now())),
        "may_keep": one.retired_on is None and post_that_keeps(request.actor, one.office_id) is not None,
        "changes": changes_of(one),
        "queue": "knowledge",
    }


def _next_year(now: datetime) -> date:
    today = county_day(now)
    return today.replace(year=today.year + 1, day=min(today.day, 28))
