"""How we are doing, with everything a doubter may ask: sample, interval, trend, how it is counted."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from weimin.county.permissions import open_to_all
from weimin.county.queries import offices_open
from weimin.kernel import clock
from weimin.matters import queries
from weimin.web import figures, trend

STORIES = 10


@open_to_all
@require_GET
def doing(request: HttpRequest) -> HttpResponse:
    """Twelve months, month by month and office by office."""
    now = clock.now()
    months, late = figures.by_month(now=now), figures.late_now(now=now)
    context = {
        "year": figures.together(months, late=late.total()),
        "changes": figures.changes(months),
        "months": months,
        "trends": trends(months),
        "offices": figures.by_office(now=now, late=late),
    }
    return render(request, "web/doing.html", context)


@open_to_all
@require_GET
def office(request: HttpRequest, office: str) -> HttpResponse:
    """One office: its rates with sample and interval, its months, its published stories."""
    now = clock.now()
    found = offices_open().filter(code=office).first()
    if found is None:
        raise Http404
    months = figures.by_month_of(found, now=now)
    late = figures.late_now(now=now)[found.pk]
    context = {
        "office": found,
        "year": figures.together(months, late=late),
        "late": late,
        "changes": figures.changes(months),
        "months": months,
        "trends": trends(months),
        "stories": queries.board().filter(office=found)[:STORIES],
    }
    return render(request, "web/office.html", context)


def trends(months: list[figures.Month]) -> dict[str, trend.Picture | None]:
    """A picture for each of the three numbers."""

    def shares(name: str) -> list[tuple[date, figures.Share]]:
        return [(month.first, getattr(month.figures, name)) for month in months]

    return {name: trend.picture(shares(name)) for name in ("on_time", "satisfied", "resolved")}
