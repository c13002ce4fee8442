"""My matter: what happened, who has it, by when, what I can do now, who read my record, and the proof."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from weimin.county.actors import RESIDENT
from weimin.county.permissions import for_receipt_holders
from weimin.county.queries import holder_of
from weimin.households.models import Reading
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.matters import clocks, journey, permissions, queries, sentences, uploads
from weimin.matters.forms.portal import AddForm, AppealForm, RateForm, ReopenForm, WithdrawForm
from weimin.matters.models import Matter
from weimin.matters.states import MOVES, STILL, Act, Clock, Resolved

from . import story

# Acts a resident may do, in the order in which they are offered: page and words of the button.
OFFERED: dict[Act, tuple[str, Promise]] = {
    Act.RATE: ("matters:my_rate", _("评价：解决了吗")),
    Act.NOTE: ("matters:my_add", _("补充说明或照片")),
    Act.REOPEN: ("matters:my_reopen", _("没有解决，请重新办理")),
    Act.APPEAL: ("matters:my_appeal", _("不同意，申请复查")),
    Act.WITHDRAW: ("matters:my_withdraw", _("撤回这件事")),
}
_RUNNING = {
    Clock.ANSWER: _("最迟 %(day)s 答复"),
    Clock.PAUSE: _("暂停到 %(day)s"),
    Clock.RATE: _("请在 %(day)s 前评价"),
    Clock.RECTIFY: _("最迟 %(day)s 整改并重新答复"),
    Clock.PUBLISH: _("最迟 %(day)s 公开"),
    Clock.REVIEW: _("最迟 %(day)s 作出复查决定"),
}


def may_now(matter: Matter) -> list[Act]:
    """What the table of moves lets the resident do in this state."""
    moves = {move.act for move in MOVES if move.start == matter.state}
    moves |= {act for act, states in STILL.items() if matter.state in states}
    return [act for act in OFFERED if act in moves]


def clock_of(matter: Matter, now: datetime) -> dict[str, Any] | None:
    """The running clock as parts/clock.html shows it."""
    if not matter.clock or matter.clock_due_at is None or matter.clock_started_at is None:
        return None
    whole = (matter.clock_due_at - matter.clock_started_at).total_seconds() or 1
    used = min(100, max(0, round((now - matter.clock_started_at).total_seconds() / whole * 100)))
    from_us = matter.clock in (Clock.ANSWER, Clock.RECTIFY, Clock.REVIEW)
    late = now > matter.clock_due_at and from_us
    tone = "late" if late else "rest" if matter.clock == Clock.PAUSE else "soon" if used >= 80 else "calm"
    words = str(_RUNNING[Clock(matter.clock)]) % {"day": sentences.day(matter.clock_due_at, now)}
    told = story.late_words(matter, now=now) if late else ""
    return {"percent": used, "words": words, "tone": tone, "late": told}


@for_receipt_holders
@never_cache
@require_GET
def my(request: HttpRequest, number: str) -> HttpResponse:
    """The whole of one matter for its resident."""
    now = clock.now()
    matter = permissions.matter_of_receipt(request, number, now=now)
    if matter is None:
        return _ask_receipt(number)
    about = f"matter:{number}"
    readings = Reading.objects.filter(resident__matters=matter, about=about).order_by("-at", "-pk")
    context = {
        "matter": matter,
        "happened": story.lines(matter),
        "clock": clock_of(matter, now),
        "why": clocks.why_this_date(matter, get_language() or "zh-hans"),
        "holder": holder_of(matter.owner, now=now) if matter.owner else None,
        "answer": (answer := queries.latest_answer(matter)),
        "promises": queries.earlier_promises(matter, answer),
        "rating": matter.ratings.order_by("-pk").first(),
        "appeals": matter.appeals.filter(decided_at__isnull=False).order_by("round"),
        "attachments": queries.files_of(matter, internal=False),
        "acts": [(reverse(OFFERED[act][0], args=[number]), OFFERED[act][1]) for act in may_now(matter)],
        "readings": readings if matter.resident_id else readings.none(),
        "entries": Entry.objects.filter(about=about).order_by("id"),
    }
    return render(request, "matters/portal/my.html", context)


def _ask_receipt(number: str) -> HttpResponse:
    return redirect(f"{reverse('matters:follow')}?number={number}")


Verb = Callable[[Matter, dict[str, Any], datetime], object]


def _act(request: HttpRequest, number: str, act: Act, form_class: type[forms.Form], verb: Verb) -> HttpResponse:
    """One form, one call: what all acts of a resident share."""
    now = clock.now()
    matter = permissions.matter_of_receipt(request, number, now=now)
    if matter is None:
        return _ask_receipt(number)
    form = form_class(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            verb(matter, form.cleaned_data, now)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("已记下：%(act)s。") % {"act": OFFERED[act][1]})
            return redirect("matters:my", number)
    context = {"matter": matter, "form": form, "heading": OFFERED[act][1], "act": act, "open": act in may_now(matter)}
    return render(request, "matters/portal/my_act.html", context)


@for_receipt_holders
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, number: str) -> HttpResponse:
    def verb(matter: Matter, said: dict[str, Any], now: datetime) -> object:
        stored = uploads.store_all([(file, file.name) for file in said["files"]])
        return journey.add_note(matter, words=said["words"], uploads=stored, by=RESIDENT, now=now)

    return _act(request, number, Act.NOTE, AddForm, verb)


@for_receipt_holders
@never_cache
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, number: str) -> HttpResponse:
    def verb(matter: Matter, said: dict[str, Any], now: datetime) -> object:
        resolved = Resolved(said["resolved"])
        return journey.rate_matter(
            matter, grade=said["grade"], resolved=resolved, words=said["words"], by=RESIDENT, now=now
        )

    return _act(request, number, Act.RATE, RateForm, verb)


@for_receipt_holders
@never_cache
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    def verb(matter: Matter, said: dict[str, Any], now: datetime) -> object:
        return journey.reopen_matter(matter, reason=said["reason"], by=RESIDENT, now=now)

    return _act(request, number, Act.REOPEN, ReopenForm, verb)


@for_receipt_holders
@never_cache
@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    def verb(matter: Matter, said: dict[str, Any], now: datetime) -> object:
        return journey.appeal_matter(matter, words=said["words"], by=RESIDENT, now=now)

    return _act(request, number, Act.APPEAL, AppealForm, verb)


@for_receipt_holders
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    def verb(matter: Matter, said: dict[str, Any], now: datetime) -> object:
        return journey.withdraw_matter(matter, reason=said["reason"], by=RESIDENT, now=now)

    return _act(request, number, Act.WITHDRAW, WithdrawForm, verb)


@for_receipt_holders
@never_cache
@require_GET
def attachment(request: HttpRequest, number: str, pk: int) -> FileResponse:
    """A file, to its resident. Only photos open in the page."""
    kept = permissions.attachment_for(request, number, pk, now=clock.now())
    response = FileResponse(
        uploads.path_of(kept.sha256).open("rb"),
        content_type=kept.media_type,
        as_attachment=kept.media_type != "image/jpeg",
        filename=kept.name,
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
