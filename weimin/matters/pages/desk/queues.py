"""The queues: what waits, filtered and sorted, fifty lines at a time; saved views, dispatching many, a table."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, needs, signed_in
from weimin.county.queries import offices_open
from weimin.county.throttle import allow
from weimin.kernel import clock
from weimin.kernel.csv_safe import safe_cell
from weimin.kernel.refusal import Refused

from ... import services
from ...finding import Wanted, excerpt, first_of
from ...forms.desk import FilterForm
from ...journey import dispatch_matter
from ...models import Matter, SavedView
from ...names import with_names
from ...permissions import matter_for
from ._keyset import ROWS, page_of
from .shared import clock_bar, queue_counts, read_excerpts, show
from .waiting import QUEUES, filtered, words_in

MOST_EXPORTED = 5000
EXPORTS_A_MINUTE = 10


@require_GET
@signed_in
def queue(request: StaffRequest) -> HttpResponse:
    """One queue with its filters."""
    actor, now = request.actor, clock.now()
    name = request.GET.get("queue", "mine")
    if name not in QUEUES:
        raise BadRequest(_("没有这个队列。"))
    form = FilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    sort = chosen.get("sort") or QUEUES[name].sort
    words = words_in(chosen, now=now)
    page = page_of(filtered(actor, name, chosen, now=now), sort=sort, given=request.GET, words=words)
    excerpts = {one.pk: excerpt(one, words) for one in page.rows}
    read_excerpts([one for one in page.rows if excerpts[one.pk]], by=actor, now=now)
    rows = [{"matter": one, "clock": clock_bar(one, now), "found": excerpts[one.pk]} for one in page.rows]
    context: dict[str, Any] = {
        "rows": rows, "older": page.older, "newer": page.newer, "form": form, "queue": name, "sort": sort,
        "title": QUEUES[name].title, "empty": QUEUES[name].empty, "queue_counts": queue_counts(actor),
        "q": request.GET.get("q", ""), "query": request.GET.urlencode(), "views": _views(request),
        "offices": offices_open() if actor.has(Duty.DISPATCH) else None,
    }  # fmt: skip
    return show(request, "queue.html", context)


def _views(request: StaffRequest) -> list[dict[str, Any]]:
    here, start = request.GET.urlencode(), reverse("matters:desk")
    return [
        {"pk": view.pk, "label": view.name, "url": f"{start}?{view.query}", "current": view.query == here}
        for view in SavedView.objects.filter(official=request.actor.official).order_by("name")
    ]


@require_GET
@signed_in
def export(request: StaffRequest) -> HttpResponse:
    """The same rows as a table. Open fields only: what residents wrote does not leave in a spreadsheet."""
    if not allow(f"export:{request.user.pk}", per_minute=EXPORTS_A_MINUTE, now=clock.now()):
        raise PermissionDenied(_("导出得太频繁了，请过一分钟再试。"))
    name = request.GET.get("queue", "mine")
    form = FilterForm(request.GET)
    if name not in QUEUES or not form.is_valid():
        raise BadRequest(_("没有这个队列。"))
    chosen = form.cleaned_data
    found = filtered(request.actor, name, chosen, now=clock.now())
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow(
        [_("编号"), _("状态"), _("诉求"), _("渠道"), _("类别"), _("地点"), _("经办"), _("承办"), _("收到"), _("到期")]
    )
    for matter in map(with_names, _rows(found, words_in(chosen, now=clock.now()))):
        cells = [
            matter.number, matter.get_state_display(), matter.get_request_display(), matter.get_channel_display(),
            matter.kind.name, matter.place.name, matter.owner or "", matter.lead or "",
            matter.received_at.astimezone(clock.COUNTY_TIME).strftime("%Y-%m-%d %H:%M"),
            matter.clock_due_at.astimezone(clock.COUNTY_TIME).strftime("%Y-%m-%d %H:%M") if matter.clock_due_at else "",
        ]  # fmt: skip
        writer.writerow([safe_cell(cell) for cell in cells])
    response["Content-Disposition"] = f'attachment; filename="matters-{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _rows(found: QuerySet[Matter], words: list[Wanted]) -> Iterable[Matter]:
    """The newest of them. Without words they are taken one by one: what an answer takes, the worker keeps."""
    order = ("-received_at", "-pk")
    if words:
        return first_of(found, words, order=order, most=MOST_EXPORTED)
    return found.order_by(*order)[:MOST_EXPORTED].iterator(chunk_size=100)


@require_POST
@needs(Duty.DISPATCH, Duty.LEAD)
def dispatch_many(request: StaffRequest) -> HttpResponse:
    """Give the ticked matters to one office: each is an act of its own, and each refusal is named."""
    chosen = request.POST.get("office", "")
    office = offices_open().filter(pk=chosen).first() if chosen.isdecimal() else None
    if office is None or not request.POST.getlist("number"):
        messages.warning(request, _("请先勾选要派办的事项，再选承办单位。"))
        return _back(request)
    done = _each(request, lambda one: dispatch_matter(one, office=office, by=request.actor, now=clock.now()))
    if done:
        messages.success(request, _("已把 %(n)s 件派给%(office)s。") % {"n": done, "office": office.name})
    return _back(request)


@require_POST
@needs(Duty.DISPATCH)
def by_rule(request: StaffRequest) -> HttpResponse:
    """Confirm the kinds of the ticked matters and give each to the office its rule names."""
    if not request.POST.getlist("number"):
        messages.warning(request, _("请先勾选要派办的事项。"))
        return _back(request)
    done = _each(request, lambda one: services.dispatch_by_rule(one, by=request.actor, now=clock.now()))
    if done:
        messages.success(request, _("已按规则分类并派办 %(n)s 件。") % {"n": done})
    return _back(request)


def _each(request: StaffRequest, act: Callable[[Matter], object]) -> int:
    """Do it to every ticked matter, each by itself; say once why the others were left, with all their numbers."""
    done, left = 0, defaultdict(list)
    for number in request.POST.getlist("number")[:ROWS]:
        try:
            act(matter_for(request.actor, number))
            done += 1
        except Refused as refusal:
            left[str(refusal)].append(number)
    for why, numbers in left.items():
        told = {"number": _("、").join(numbers), "why": why}
        messages.warning(request, _("%(number)s 没有派出：%(why)s") % told)
    return done


@require_POST
@signed_in
def keep_view(request: StaffRequest) -> HttpResponse:
    """Keep these filters under a name."""
    try:
        services.keep_view(request.POST.get("query", ""), name=request.POST.get("name", ""), by=request.actor)
        messages.success(request, _("视图已存好。"))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return _back(request)


@require_POST
@signed_in
def drop_view(request: StaffRequest, pk: int) -> HttpResponse:
    """Forget a saved view."""
    services.drop_view(pk, by=request.actor)
    return _back(request)


def _back(request: StaffRequest) -> HttpResponse:
    """To the queue one came from, and nowhere outside."""
    query = request.POST.get("query", "")
    address = f"{reverse('matters:desk')}?{query}"
    return redirect(address if url_has_allowed_host_and_scheme(address, None) else reverse("matters:desk"))
