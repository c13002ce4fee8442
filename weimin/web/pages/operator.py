"""The operator's page: the same list as `bin/weimin doctor`, for who keeps the rules or audits."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, needs
from weimin.kernel import clock
from weimin.matters.pages.desk.shared import queue_counts
from weimin.web.doctor import Health, examine


@require_GET
@needs(Duty.CONFIGURE, Duty.AUDIT)
def operator(request: StaffRequest) -> HttpResponse:
    """What is missing first, then what is well."""
    now = clock.now()
    results = sorted(examine(now=now), key=lambda result: -result.finding.health)
    context = {
        "queue": "operator",
        "queue_counts": queue_counts(request.actor),
        "now": now,
        "wanting": [result for result in results if result.finding.health is not Health.GOOD],
        "good": [result for result in results if result.finding.health is Health.GOOD],
    }
    response = render(request, "web/operator.html", context)
    response["Cache-Control"] = "no-store"
    return response
