"""Services: what a resident must know before coming, told once."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from weimin.catalogue import permissions
from weimin.catalogue.models import Service
from weimin.catalogue.queries import articles_open, services_matching
from weimin.county.permissions import open_to_all
from weimin.kernel.limits import Limit, Unit


@open_to_all
@require_GET
def services(request: HttpRequest) -> HttpResponse:
    """All services by theme, or those that hold the words asked for."""
    words = request.GET.get("q", "").strip()[:60]
    found = services_matching(words)
    themes = [list(group) for _theme, group in groupby(found, key=_theme)]
    return render(request, "catalogue/services.html", {"q": words, "themes": themes})


def _theme(service: Service) -> str:
    return service.theme_zh


@open_to_all
@require_GET
def service(request: HttpRequest, code: str) -> HttpResponse:
    """One service, in the order people ask."""
    one = permissions.service_for_all(code)
    context = {
        "service": one,
        "articles": articles_open().filter(services=one),
        "promised": Limit(one.promised_amount, Unit(one.promised_unit)).words(request.LANGUAGE_CODE),
        "legal": Limit(one.legal_amount, Unit(one.legal_unit)).words(request.LANGUAGE_CODE),
    }
    return render(request, "catalogue/service.html", context)
