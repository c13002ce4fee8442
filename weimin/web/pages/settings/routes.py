"""Routes: for which kind, where, which office leads and who helps, from which day."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from weimin.catalogue.forms.settings import EndRouteForm, PairForm, RouteForm
from weimin.catalogue.models import Kind, Route
from weimin.catalogue.permissions import pair_to_keep
from weimin.catalogue.queries import route_rows, routes_from
from weimin.catalogue.services import end_route, set_route, withdraw_route
from weimin.county.duties import Duty
from weimin.county.models import Place
from weimin.county.permissions import StaffRequest, keeps_or_looks, needs
from weimin.kernel import clock
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused
from weimin.matters.pages.desk.shared import queue_counts

from .changing import Change, Dated, change_page, standing
from .history import listed
from .reach import Preview
from .routing import of_route
from .tables import Cell, Column, Row, Table, show, show_table

COLUMNS = (
    Column("kind", _("类别"), wide=True),
    Column("place", _("地点")),
    Column("lead", _("主办单位")),
    Column("supporting", _("协办单位"), wide=True),
    Column("from", _("生效日期")),
    Column("to", _("最后一天")),
    Column("source", _("文件依据"), wide=True),
)
TITLE = _("派办规则")
_A_DAY = timedelta(days=1)


@require_GET
@keeps_or_looks
def routes(request: StaffRequest) -> HttpResponse:
    """What is in force today or planned."""
    table = Table(
        "routes",
        TITLE,
        _("派办时按这里给建议：先看最细的类别，再看最小的地点。"),
        COLUMNS,
        _("定下哪一类由哪个单位主办以后，规则会列在这里。"),
        new=(reverse("web:settings_route_new"), _("新增派办规则")),
    )
    found = routes_from(county_day(clock.now()))
    return show_table(request, table, [_row(route) for route in found])


def _row(route: Route) -> Row:
    helpers = list(route.supporting.all())
    cells = (
        Cell(route.kind.name, route.kind.code),
        Cell(route.place.name, route.place.code),
        Cell(route.lead.name, route.lead.code),
        Cell(listed(office.name for office in helpers) or "—"),
        Cell(route.from_on.isoformat()),
        Cell(route.to_on.isoformat() if route.to_on else "—"),
        Cell(route.source_zh),
    )
    named: tuple[Any, ...] = (route.kind, route.place, route.lead, *helpers)
    words = " ".join(f"{one.name_zh} {one.name_en} {one.pinyin} {one.code}" for one in named)
    return Row(reverse("web:settings_route", args=[route.kind.code, route.place.code]), cells, words)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def new(request: StaffRequest) -> HttpResponse:
    """First for what and where; then the page of that pair."""
    form = PairForm(request.POST or None)
    if form.is_valid():
        pair = form.cleaned_data
        return redirect("web:settings_route", code=pair["kind"].code, place=pair["place"].code)
    context = {
        "queue": "settings", "queue_counts": queue_counts(request.actor), "form": form, "title": _("新增派办规则"),
        "back": reverse("web:settings_routes"), "back_label": TITLE,
    }  # fmt: skip
    return show(request, "choose.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@keeps_or_looks
def route(request: StaffRequest, code: str, place: str) -> HttpResponse:
    """Another office for this kind at this place, from a day on."""
    (kind, where), now = pair_to_keep(code, place), clock.now()
    rows = list(route_rows(kind, where))
    here = _present(rows, now)
    initial = {"lead": here.lead_id, "supporting": list(here.supporting.all())} if here else {}
    change = Change(
        form=RouteForm(request.POST or None, initial=initial),
        act=lambda d: set_route(kind, place=where, **d, by=request.actor, now=now),
        preview=lambda d: of_route(kind, where, lead=d["lead"], on=d["from_on"]),
        take_back=lambda pk: withdraw_route(next(r for r in rows if r.pk == pk), by=request.actor, now=now),
        **_frame(kind, where, rows, "settings_route", now),
    )
    return change_page(request, change)


@require_http_methods(["GET", "POST"])
@keeps_or_looks
def end(request: StaffRequest, code: str, place: str) -> HttpResponse:
    """No office of its own for this kind at this place any more, after a day."""
    (kind, where), now = pair_to_keep(code, place), clock.now()
    rows = list(route_rows(kind, where))
    here = _present(rows, now)

    def act(said: dict[str, Any]) -> object:
        if here is None:
            raise Refused("NO_ROUTE", _("这一类在这里还没有生效的派办规则，没有可以结束的。"))
        return end_route(here, **said, by=request.actor, now=now)

    change = Change(
        form=EndRouteForm(request.POST or None),
        act=act,
        preview=lambda d: _ending(kind, where, d["to_on"]),
        **_frame(kind, where, rows, "settings_route_end", now),
    )
    return change_page(request, change)


def _ending(kind: Kind, place: Place, to_on: date) -> Preview:
    return of_route(kind, place, lead=None, on=to_on + _A_DAY)


def _present(rows: list[Route], now: datetime) -> Route | None:
    return next((row for row in rows if standing(row.from_on, row.to_on, now) == "present"), None)


def _frame(kind: Kind, place: Place, rows: list[Route], address: str, now: datetime) -> dict[str, Any]:
    """What both pages of a pair show around their form."""
    pair = [kind.code, place.code]
    tabs = (("settings_route", _("改主办单位")), ("settings_route_end", _("结束")))
    return {
        "title": f"{kind.name} · {place.name}",
        "back": reverse("web:settings_routes"),
        "back_label": TITLE,
        "done": reverse("web:settings_route", args=pair),
        "about": (f"route:{kind.code}:{place.code}",),
        "dated": tuple(_dated(row, now) for row in rows),
        "tabs": tuple((reverse(f"web:{name}", args=pair), label, name == address) for name, label in tabs),
    }


def _dated(row: Route, now: datetime) -> Dated:
    helpers = listed(office.name for office in row.supporting.all())
    words = f"{row.lead.name} + {helpers}" if helpers else row.lead.name
    return Dated(row.pk, words, row.from_on, row.to_on, row.source_zh, standing(row.from_on, row.to_on, now))
