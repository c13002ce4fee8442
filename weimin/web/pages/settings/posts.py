"""Posts: who holds which, who acts today, what would stand empty, and how a post changes hands."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from weimin.county import queries, services
from weimin.county.duties import Duty
from weimin.county.forms.posts import AppointForm, EndForm, NewPostForm, PostForm, PostsFilter, as_it_stands
from weimin.county.models import Post
from weimin.county.permissions import StaffRequest, holding_of, keeps_or_looks, needs, post_of
from weimin.county.queries import PostLine
from weimin.kernel import clock
from weimin.kernel.clock import county_day
from weimin.matters.queries import owned_by, tallies_under

from .county_shared import history, listed, sent, show, show_form, tried


@require_GET
@keeps_or_looks
def posts(request: StaffRequest) -> HttpResponse:
    """The table, with the posts that need somebody above it."""
    form = PostsFilter(request.GET)
    lines = queries.post_lines(now=clock.now())
    owned = tallies_under("owner:")
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = [{"line": line, "open": owned.get(f"owner:{line.post.pk}", 0)} for line in lines if _fits(line, chosen)]
    rows.sort(key=_ORDERS.get(chosen.get("sort", ""), _ORDERS[""]))
    warned = [line for line in lines if line.warnings]
    context = {
        "form": form, "rows": rows, "empty": [line for line in warned if "EMPTY" in line.warnings],
        "alone": [line for line in warned if "NO_STAND_IN" in line.warnings],
    }  # fmt: skip
    return show(request, "posts.html", context)


_ORDERS: dict[str, Any] = {
    "": lambda row: row["line"].post.code,
    "open": lambda row: (-row["open"], row["line"].post.code),
    "office": lambda row: (row["line"].post.office.code, row["line"].post.code),
    "holder": lambda row: (row["line"].holder.pinyin if row["line"].holder else "~", row["line"].post.code),
}


def _fits(line: PostLine, chosen: dict[str, Any]) -> bool:
    post, only = line.post, chosen.get("only", "")
    if (post.retired_on is not None) != (only == "RETIRED"):
        return False
    if only in ("EMPTY", "NO_STAND_IN") and only not in line.warnings:
        return False
    if only == "AWAY" and line.away_until is None:
        return False
    if chosen.get("office") and post.office_id != chosen["office"].pk:
        return False
    if chosen.get("duty") and chosen["duty"] not in post.duties:
        return False
    return _holds(line, chosen.get("q", ""))


def _holds(line: PostLine, words: str) -> bool:
    """Whether every word is in the post's code or names, its office's, or its holder's – or in their pinyin."""
    post, holder = line.post, line.holder
    said = [post.code, post.name_zh, post.name_en, post.office.name_zh, post.office.name_en, post.office.pinyin]
    said += [holder.name_zh, holder.name_en, holder.pinyin] if holder else []
    text = " ".join(said).lower()
    return all(word in text for word in words.lower().split())


@require_GET
@keeps_or_looks
def post(request: StaffRequest, post_code: str) -> HttpResponse:
    """One post: what it is, who held it, what it answers for, what was done to it."""
    found, now = post_of(post_code), clock.now()
    line = next(line for line in queries.post_lines(now=now) if line.post.pk == found.pk)
    context = {
        "post": found, "line": line, "holdings": queries.holdings_of(found),
        "open": owned_by(found).count(), "history": history(f"post:{found.code}"), "today": county_day(now),
        "stands_in_for": found.stands_in_for.filter(retired_on__isnull=True).select_related("office").order_by("code"),
    }  # fmt: skip
    return show(request, "post.html", context)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def new(request: StaffRequest) -> HttpResponse:
    """Make a post."""
    form = NewPostForm(sent(request), initial={"office": request.GET.get("office", "")})
    if form.is_valid():
        done, made = tried(
            form,
            lambda: services.add_post(
                form.plan(), code=form.cleaned_data["code"], by=request.actor, now=clock.now()
            ),
        )  # fmt: skip
        if done and made is not None:
            messages.success(request, _("岗位已设。现在还没有人任职，请任命。"))
            return redirect("web:settings_post", post_code=made.code)
    return show_form(request, "post_new.html", form)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def change(request: StaffRequest, post_code: str) -> HttpResponse:
    """Other names, duties, places, superior or stand-in."""
    found = post_of(post_code)
    form = PostForm(sent(request), initial=as_it_stands(found))
    if form.is_valid():
        done, _post = tried(
            form, lambda: services.change_post(found, plan=form.plan(), by=request.actor, now=clock.now())
        )
        if done:
            messages.success(request, _("已改，马上生效。"))
            return redirect("web:settings_post", post_code=post_code)
    return show_form(request, "post_change.html", form, post=post_of(post_code), open=owned_by(found).count())


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def appoint(request: StaffRequest, post_code: str) -> HttpResponse:
    """Put somebody on the post from a day on."""
    found, now = post_of(post_code), clock.now()
    last = queries.holdings_of(found).first()
    after = last.to_on + timedelta(days=1) if last and last.to_on else county_day(now)
    form = AppointForm(sent(request), initial={"from_on": max(after, county_day(now))})
    if form.is_valid():
        data = form.cleaned_data
        done, _holding = tried(
            form,
            lambda: services.appoint(
                data["official"], post=found, from_on=data["from_on"], by=request.actor, now=now
            ),
        )  # fmt: skip
        if done:
            messages.success(request, _("已任命%(name)s。") % {"name": data["official"].name})
            return redirect("web:settings_post", post_code=post_code)
    return show_form(request, "post_appoint.html", form, post=found, last=last)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def end(request: StaffRequest, post_code: str) -> HttpResponse:
    """End a holding; what it leaves behind is shown first."""
    found, now = post_of(post_code), clock.now()
    holding = holding_of(found)
    looked_at = request.GET if "to_on" in request.GET else {"to_on": county_day(now).isoformat()}
    form = EndForm(request.POST if request.method == "POST" else looked_at)
    if form.is_valid() and request.method == "POST":
        last = form.cleaned_data["to_on"]
        done, unmanned = tried(form, lambda: services.end_holding(holding, to_on=last, by=request.actor, now=now))
        if done:
            if unmanned:
                names = listed(f"{p.office.name} · {p.name}" for p in unmanned.posts)
                messages.warning(
                    request, _("从次日起没有人在岗：%(posts)s。请任命新人或定好 AB 岗。") % {"posts": names}
                )
            messages.success(request, _("已办理%(name)s的免职。") % {"name": holding.official.name})
            return redirect("web:settings_post", post_code=post_code)
    last = form.cleaned_data.get("to_on") or county_day(now)
    empty = queries.posts_left_empty(holding, to_on=max(last, holding.from_on))
    return show_form(
        request, "post_end.html", form, post=found, holding=holding, last=last, empty=empty,
        open=owned_by(found).count(),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def retire(request: StaffRequest, post_code: str) -> HttpResponse:
    """Close a post that nobody needs any more."""
    found = post_of(post_code)
    form = forms.Form(sent(request))
    if form.is_valid():
        done, _post = tried(
            form,
            lambda: services.retire_post(found, still_needed=_still_owns, by=request.actor, now=clock.now()),
        )
        if done:
            messages.success(request, _("岗位已撤销。"))
            return redirect("web:settings_post", post_code=post_code)
    return show_form(request, "post_retire.html", form, post=found, open=owned_by(found).count())


def _still_owns(post: Post) -> str:
    """What the county cannot see: the matters a post answers for."""
    n = owned_by(post).count()
    return _("这个岗位还负责 %(n)s 件没办结的事项，请先移交给别的岗位。") % {"n": n} if n else ""
