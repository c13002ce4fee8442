"""Taking in a call or a visitor on one screen, by keyboard; finding kinds, places and people; likely duplicates."""

from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from weimin.catalogue.queries import kinds_open
from weimin.county.duties import Duty
from weimin.county.models import Place
from weimin.county.models.places import Level
from weimin.county.permissions import StaffRequest, needs
from weimin.county.throttle import allow
from weimin.households.models import Resident
from weimin.households.queries import found_by
from weimin.households.services import note_reading
from weimin.kernel import clock, numbers
from weimin.kernel.refusal import Refused

from ... import filters, queries
from ...forms.desk import EntryForm
from ...journey import Draft, receive_matter
from ...models import Matter
from ...names import with_names
from ...permissions import matter_for
from ...states import OPEN_STATES, Channel, Identity
from ...states import Request as Asked
from .shared import queue_counts, read_names, show

MOST_FOUND = 12
SEARCHES_A_MINUTE = 60


@require_http_methods(["GET", "POST"])
@needs(Duty.TAKE_IN)
def new(request: StaffRequest) -> HttpResponse:
    """The entry screen. The same screen sent twice makes one matter."""
    form = EntryForm(request.POST or None, initial={"once": uuid4().hex, "channel": Channel.PHONE})
    if form.is_valid():
        try:
            return redirect("matters:desk_taken", number=_take_in(request, form))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    context = {"form": form, "queue_counts": queue_counts(request.actor)}
    return show(request, "new.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _take_in(request: StaffRequest, form: EntryForm) -> str:
    data, now = dict(form.cleaned_data), clock.now()
    outside_id = f"desk:{data.pop('once')}"
    known = Matter.objects.filter(outside_id=outside_id).values_list("number", flat=True).first()
    if known:
        return str(known)
    resident = _people(request).filter(pk=data.pop("resident") or 0).first()
    data["channel"], data["identity"] = Channel(data["channel"]), Identity(data["identity"])
    data["request"] = Asked(data["request"])
    draft = Draft(**data, resident=resident, outside_id=outside_id, language=get_language() or "zh-hans")
    receipt = receive_matter(draft, by=request.actor, now=now)
    if resident is not None and receipt.matter.resident_id:
        about = f"matter:{receipt.matter.number}"
        note_reading(resident, about=about, fields=_("姓名、联系方式"), why=_("登记时核对"), by=request.actor, now=now)
    request.session["desk_receipt"] = [receipt.matter.number, receipt.pin]
    return receipt.matter.number


@require_GET
@needs(Duty.TAKE_IN)
def taken(request: StaffRequest, number: str) -> HttpResponse:
    """Read back the number in words; the PIN is shown to who took the call, until the next call."""
    found = matter_for(request.actor, number)
    kept = request.session.get("desk_receipt") or ["", ""]
    context = {
        "matter": found,
        "spoken": numbers.spoken(found.number, get_language() or "zh-hans"),
        "pin": kept[1] if kept[0] == found.number else "",
        "queue_counts": queue_counts(request.actor),
    }
    return show(request, "taken.html", context)


def _answer(results: list[dict[str, str]]) -> JsonResponse:
    response = JsonResponse({"results": results})
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@needs(Duty.TAKE_IN, Duty.CLASSIFY)
def find_kinds(request: StaffRequest) -> HttpResponse:
    """Kinds by characters, everyday words, pinyin or initials."""
    found = kinds_open().select_related("parent")
    for word in request.GET.get("q", "")[:40].split():
        found = found.filter(
            Q(name_zh__icontains=word) | Q(name_en__icontains=word) | Q(keywords__icontains=word)
            | Q(pinyin__icontains=word.lower()) | Q(code__istartswith=word)
        )  # fmt: skip
    return _answer(
        [
            {"value": kind.code, "label": kind.name, "detail": kind.parent.name if kind.parent else ""}
            for kind in found.order_by("-depth", "code")[:MOST_FOUND]
        ]
    )


@require_GET
@needs(Duty.TAKE_IN, Duty.CLASSIFY)
def find_places(request: StaffRequest) -> HttpResponse:
    """Places by characters, other names, pinyin or initials; villages first."""
    found = Place.objects.filter(retired_on__isnull=True).exclude(level=Level.GROUP).select_related("parent")
    for word in request.GET.get("q", "")[:40].split():
        found = found.filter(
            Q(name_zh__icontains=word) | Q(name_en__icontains=word) | Q(aliases__icontains=word)
            | Q(pinyin__icontains=word.lower()) | Q(code__startswith=word)
        )  # fmt: skip
    rows = [
        {"value": place.code, "label": place.name, "detail": place.parent.name if place.parent else ""}
        for place in found.order_by("-level", "code")[:MOST_FOUND]
    ]
    return _answer(rows)


@require_GET
@needs(Duty.TAKE_IN)
def find_residents(request: StaffRequest) -> HttpResponse:
    """People who reported before, where this post reaches: enough to tell them apart, no number in full."""
    words = request.GET.get("q", "").strip()[:40]
    if not allow(f"find_residents:{request.user.pk}", per_minute=SEARCHES_A_MINUTE, now=clock.now()):
        raise PermissionDenied(_("查得太频繁了，请过一分钟再查。"))
    with transaction.atomic():
        rows = found_by(words, among=_people(request))[:MOST_FOUND]
        read_names(rows, by=request.actor, now=clock.now())
    return _answer([{"value": str(one.pk), "label": one.name or "—", "detail": _masked(one.phone)} for one in rows])


def _people(request: StaffRequest) -> QuerySet[Resident]:
    reached = queries.visible_to(request.actor).filter(resident__isnull=False).values("resident_id")
    return Resident.objects.filter(pk__in=reached)


def _masked(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) > 7 else ("*" * len(phone))


@require_POST
@needs(Duty.TAKE_IN)
def likely(request: StaffRequest) -> HttpResponse:
    """Open matters of the same place, most alike first. Asked by POST: a resident's words do not belong in a log."""
    place, kind, text = (request.POST.get(name, "") for name in ("place", "kind", "text"))
    rows = []
    if place:
        found = queries.visible_to(request.actor).filter(filters.within(place[:12]), state__in=OPEN_STATES)
        newest = map(with_names, found.order_by("-received_at", "-pk")[:40])
        said = _pairs(text)
        scored = [((one.kind.code == kind) + _alike(said, _pairs(one.text)), one) for one in newest]
        rows = [one for score, one in sorted(scored, key=lambda pair: -pair[0]) if score > 0.15][:5]
    return show(request, "likely.html", {"rows": rows, "asked": bool(place)})


def _pairs(text: str) -> set[str]:
    plain = "".join(text.split())[:1000]
    return {plain[at : at + 2] for at in range(len(plain) - 1)}


def _alike(one: set[str], other: set[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0
