"""The front door: one question, and how to come back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from weimin.catalogue.queries import services_open
from weimin.county.permissions import open_to_all
from weimin.kernel import clock
from weimin.matters.forms.portal import FollowForm
from weimin.matters.pages.portal.near import stories_near, township_of
from weimin.web import figures

STORIES, SERVICES = 4, 8


@open_to_all
@ensure_csrf_cookie
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is the matter? – and follow, the board, three honest numbers, services."""
    now = clock.now()
    months, township = figures.by_month(now=now), township_of(request, now=now)
    context = {
        "form": FollowForm(),
        "near": township,
        "stories": stories_near(township, most=STORIES),
        "year": figures.together(months, late=figures.late_now(now=now).total()),
        "changes": figures.changes(months),
        "services": services_open()[:SERVICES],
    }
    return render(request, "web/home.html", context)
