"""The front door: one question, and how to come back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from weimin.catalogue.queries import services_open
from weimin.county.permissions import open_to_all
from weimin.kernel import clock
from weimin.matters import queries
from weimin.matters.forms.portal import FollowForm
from weimin.web import figures

STORIES, SERVICES = 4, 8


@open_to_all
@ensure_csrf_cookie
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is the matter? – and follow, the board, three honest numbers, services."""
    context = {
        "form": FollowForm(),
        "stories": queries.board()[:STORIES],
        "figures": figures.of_the_year(now=clock.now()),
        "services": services_open()[:SERVICES],
    }
    return render(request, "web/home.html", context)
