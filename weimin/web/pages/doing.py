"""How we are doing, with everything a doubter may ask: sample, interval, how it is counted."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from weimin.county.permissions import open_to_all
from weimin.kernel import clock
from weimin.web import figures


@open_to_all
@require_GET
def doing(request: HttpRequest) -> HttpResponse:
    """Twelve months, month by month and office by office."""
    now = clock.now()
    context = {
        "year": figures.of_the_year(now=now),
        "months": figures.by_month(now=now),
        "offices": figures.by_office(now=now),
    }
    return render(request, "web/doing.html", context)
