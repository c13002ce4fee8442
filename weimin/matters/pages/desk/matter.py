"""One matter: the resident's words, what happened, what can be done now; opening a contact; handing over a desk."""

from datetime import datetime
from math import ceil
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, needs, signed_in
from weimin.households.services import note_reading
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.notices.queries import not_surely_sent

from ... import queries
from ...clocks import why_this_date
from ...forms.hand_over import HandOverForm
from ...journey import hand_over_desk, may_undo, undo_move
from ...journey.undo import UNDO_WITHIN
from ...lines import words_in
from ...models import Event, Matter
from ...names import with_actor
from ...permissions import matter_for, may_forward, may_see_contact
from ...uploads import PHOTOS, path_of
from ._acts import moves_for
from .shared import clock_bar, queue_counts, read_words, show


@require_GET
@signed_in
def matter(request: StaffRequest, number: str) -> HttpResponse:
    """The page of one matter. Reading the resident's words is written down in the same transaction."""
    now = clock.now()
    with transaction.atomic():
        found = matter_for(request.actor, number)
        read_words(found, by=request.actor, now=now)
        return show(request, "matter.html", _context(request, found, now))


@require_POST
@needs(Duty.CLASSIFY, Duty.HANDLE, Duty.PUBLISH)
def undo(request: StaffRequest, number: str) -> HttpResponse:
    """Take back one's own last act, within ten seconds."""
    found = matter_for(request.actor, number)
    try:
        undo_move(found, by=request.actor, now=clock.now())
        messages.success(request, _("%(number)s：已撤销，恢复到之前。") % {"number": found.number})
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("matters:desk_matter", number=found.number)


@require_POST
@signed_in
def contact(request: StaffRequest, number: str) -> HttpResponse:
    """Open name and number, on record, for who must call."""
    now = clock.now()
    with transaction.atomic():
        found = matter_for(request.actor, number)
        if found.resident is None or not may_see_contact(request.actor, found):
            raise Http404
        about, fields, why = f"matter:{found.number}", _("姓名、联系方式"), _("联系反映人")
        note_reading(found.resident, about=about, fields=fields, why=why, by=request.actor, now=now)
        return show(request, "matter.html", {**_context(request, found, now), "contact": found.resident})


def _context(request: StaffRequest, found: Matter, now: datetime) -> dict[str, Any]:
    return {
        "matter": found,
        "events": [_line(with_actor(event)) for event in queries.timeline(found)],
        "attachments": found.attachments.order_by("pk"),
        "moves": moves_for(found, request.actor),
        "clock": clock_bar(found, now),
        "why": why_this_date(found, get_language() or "zh-hans"),
        "supports": found.supports.select_related("office").order_by("pk"),
        "may_see_contact": may_see_contact(request.actor, found),
        "unsent": not_surely_sent(f"matter:{found.number}", now=now),
        "undo": _undo(found, request, now),
        "queue_counts": queue_counts(request.actor),
        "same": _same(request, found),
        "referrals": queries.referrals_of(found),
        "may_forward": may_forward(request.actor, found),
    }


def _same(request: StaffRequest, found: Matter) -> dict[str, Any] | None:
    """What the resident said is the same, and whether it can be merged into with one click."""
    main = queries.same_as(found, request.actor)
    if main is None:
        return None
    may_merge = main.is_open and "merge" in dict(moves_for(found, request.actor))
    return {"main": main, "may_merge": may_merge, "merged": found.merged_into_id == main.pk}


def _undo(found: Matter, request: StaffRequest, now: datetime) -> dict[str, Any] | None:
    """What may be taken back, and for how many seconds still."""
    last = may_undo(found, by=request.actor, now=now)
    if last is None:
        return None
    return {"act": last.get_act_display(), "seconds": ceil((last.at + UNDO_WITHIN - now).total_seconds())}


def _line(event: Event) -> dict[str, Any]:
    """One line of the timeline in a sentence: who did what."""
    who = {"resident": _("反映人"), "clock": _("到时自动"), "import": _("导入")}.get(event.by_kind, "")
    if event.post is not None:
        name = f" {event.official.name}" if event.official else ""
        who = f"{event.post.office.name} · {event.post.name}{name}"
    sentence = _("%(who)s：%(act)s") % {"who": who, "act": event.get_act_display()}
    return {"act": event.act, "at": event.at, "sentence": sentence, "detail": words_in(event)}


@require_GET
@signed_in
def attachment(request: StaffRequest, number: str, pk: int) -> FileResponse:
    """A file of a matter, for who may open the matter; never run by a browser."""
    now = clock.now()
    with transaction.atomic():
        found = matter_for(request.actor, number)
        file = found.attachments.filter(pk=pk).first()
        if file is None or not path_of(file.sha256).exists():
            raise Http404
        read_words(found, by=request.actor, now=now)
    response = FileResponse(
        path_of(file.sha256).open("rb"),
        as_attachment=file.media_type not in PHOTOS,
        filename=file.name,
        content_type=file.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@needs(Duty.APPROVE, Duty.CONFIGURE)
def hand_over(request: StaffRequest) -> HttpResponse:
    """A whole desk to another post, in one act."""
    form = HandOverForm(request.POST or None, initial={"giver": request.GET.get("giver", "")})
    if form.is_valid():
        data = form.cleaned_data
        try:
            given = hand_over_desk(
                data["giver"], receiver=data["receiver"], reason=data["reason"], by=request.actor, now=clock.now()
            )
            words = _("已移交 %(n)s 件给%(post)s。") % {"n": len(given), "post": data["receiver"].name}
            messages.success(request, words)
            return redirect("matters:desk_hand_over")
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    context = {"form": form, "queue_counts": queue_counts(request.actor)}
    return show(request, "hand_over.html", context, status=422 if form.errors else 200)
