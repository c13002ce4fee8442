"""Figures for Prometheus: for this machine itself and for whoever holds the key. For others there is no such page."""

from collections.abc import Iterator
from hmac import compare_digest

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from weimin.county.context import UnknownCounty, use_county
from weimin.county.directory import counties
from weimin.county.permissions import for_programs
from weimin.kernel import clock
from weimin.web.metrics import Family, families_of_county, families_of_house, page
from weimin.web.metrics.text import CONTENT_TYPE

LOOPBACK = {"127.0.0.1", "::1"}


@require_GET
@for_programs
def metrics(request: HttpRequest) -> HttpResponse:
    if not (_is_this_machine(request) or _has_key(request)):
        raise Http404
    return HttpResponse(page(_families()), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _is_this_machine(request: HttpRequest) -> bool:
    """A web server on this machine is no caller of its own: what it passes on comes from outside."""
    passed_on = {"HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA"} & request.META.keys()
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not passed_on


def _has_key(request: HttpRequest) -> bool:
    word, _space, key = request.headers.get("Authorization", "").partition(" ")
    return (
        bool(settings.METRICS_KEY) and word == "Bearer" and compare_digest(key.encode(), settings.METRICS_KEY.encode())
    )


def _families() -> Iterator[Family]:
    yield from families_of_house()
    now = clock.now()
    for code in counties() or [settings.COUNTY]:
        served = Family("weimin_county_up", "gauge", "1 where the tables of a county answer.")
        try:
            with use_county(code):
                found = list(families_of_county(code, now=now))
        except (DatabaseError, UnknownCounty):
            yield served.add(0, county=code)
            continue
        yield served.add(1, county=code)
        yield from found
