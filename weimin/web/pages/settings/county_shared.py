"""What the settings of the county share: the answer, the refusal at its field, and what was done, from the ledger.

Those that show the county alone (officials, offices, keys) stand here beside posts and calendar, which show matters
too: whoever looks for a setting finds all of them in one folder.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from weimin.county.duties import Duty
from weimin.county.models import Post
from weimin.county.permissions import StaffRequest
from weimin.county.states import Deed
from weimin.kernel.refusal import Refused
from weimin.ledger.queries import entries_about
from weimin.matters.pages.desk.shared import queue_counts
from weimin.matters.services.partners import Deed as PartnerDeed
from weimin.webhooks.states import Deed as WebhookDeed

T = TypeVar("T")
MOST_LINES = 50


@dataclass(frozen=True)
class Line:
    """One entry of the ledger for people: when, which post, what."""

    at: datetime
    by: str
    what: str
    thing: str = ""  # to what, where a page shows several


def show(request: StaffRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the settings; nothing on it stays in a browser that somebody else may sit down at."""
    more = {"queue_counts": queue_counts(request.actor), "keeps": request.actor.has(Duty.CONFIGURE)}
    response = render(request, f"web/settings/{template}", {**more, **context}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def show_form(request: StaffRequest, template: str, form: forms.Form, **context: Any) -> HttpResponse:
    """A page with one form; 422 where it was sent and not accepted."""
    return show(request, template, {"form": form, **context}, status=422 if form.errors else 200)


def tried(form: forms.Form, act: Callable[[], T]) -> tuple[bool, T | None]:
    """Whether the verb went through, and what it returned; its refusal stands at its field."""
    try:
        return True, act()
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False, None


def sent(request: HttpRequest) -> Any:
    """What was sent, or None where the page was only opened."""
    return request.POST if request.method == "POST" else None


def listed(words: Iterable[str]) -> str:
    """Several names in a row, divided as the reader's language divides them."""
    return ("、" if (get_language() or "zh").startswith("zh") else ", ").join(words)


def history(*things: str, names: Mapping[str, str] | None = None) -> list[Line]:
    """What was done to these things, the newest first. Two statements, however many lines."""
    entries = list(entries_about(*things)[:MOST_LINES])
    codes = {entry.by.partition(":")[2] for entry in entries}
    posts = {post.code: post for post in Post.objects.filter(code__in=codes).select_related("office")}
    labels = {**dict(Deed.choices), **dict(WebhookDeed.choices), **dict(PartnerDeed.choices)}
    return [
        Line(
            entry.at,
            _named(entry.by, posts),
            str(labels.get(entry.what, entry.what)),
            (names or {}).get(entry.about, ""),
        )
        for entry in entries
    ]


def _named(by: str, posts: dict[str, Post]) -> str:
    kind, _colon, code = by.partition(":")
    if post := posts.get(code):
        return f"{post.office.name} · {post.name}"
    return _("服务器上的维护人员") if kind == "import" else by
