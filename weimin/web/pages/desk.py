"""The first page of the day for an official: what presses, most pressing first."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from weimin.county.actors import Actor
from weimin.county.permissions import StaffRequest, signed_in
from weimin.kernel import clock
from weimin.kernel.clock import county_day
from weimin.matters.models import Answer
from weimin.matters.names import with_names, with_post
from weimin.matters.pages.desk.shared import clock_bar, queue_counts
from weimin.matters.pages.desk.waiting import QUEUES, filtered
from weimin.notices.models import Notice

from ..stuck import on_seen

SHOWN = 8
PROMISES_WITHIN = timedelta(days=7)
# Of what is late or nearly so, one's own and one's office's; the rest of the county stands in its queue.
PRESSING = frozenset({"overdue", "due_soon"})


@require_GET
@signed_in
def today(request: StaffRequest) -> HttpResponse:
    """What presses today, most pressing first."""
    actor, now = request.actor, clock.now()
    context = {
        "queue": "today", "lists": _lists(actor, now), "queue_counts": queue_counts(actor),
        "promises": promises(actor, now, Answer.objects.filter(promise_broken_at__isnull=True)),
        "reminders": Notice.objects.filter(official=actor.official).order_by("-created_at", "-pk")[:SHOWN],
    }  # fmt: skip
    return show(request, "web/desk_today.html", context)


def _lists(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Each matter once, in the first list it belongs to; lists with nothing in them are left out."""
    lists: list[dict[str, Any]] = []
    shown: list[int] = []
    for name in ("overdue", "due_soon", "returned", "mine", "callback"):
        found = filtered(actor, name, {}, now=now).exclude(pk__in=shown)
        if name in PRESSING:
            found = found.filter(QUEUES["mine"].only(actor, now) | QUEUES["office"].only(actor, now))
        rows = _rows(found, name, now)
        shown += [row["matter"].pk for row in rows]
        if rows:
            lists.append({"name": name, "title": QUEUES[name].title, "rows": rows})
    return lists


def _rows(found: Any, name: str, now: datetime) -> list[dict[str, Any]]:
    order = ("clock_due_at", "pk") if QUEUES[name].sort == "due" else ("-received_at", "-pk")
    return [
        {"matter": matter, "clock": clock_bar(matter, now)}
        for matter in map(with_names, found.order_by(*order)[:SHOWN])
    ]


def promises(actor: Actor, now: datetime, answers: QuerySet[Answer]) -> list[Answer]:
    """The first of these promises: due within a week, or long ago, and not kept."""
    found = on_seen(answers, actor).filter(
        promise_due_on__lte=county_day(now + PROMISES_WITHIN),
        promise_kept_at__isnull=True,
        promise_replaced_at__isnull=True,
    )
    shown = found.select_related("matter").only("promise", "promise_due_on", "post_id", "matter__number")
    return [with_post(answer) for answer in shown.order_by("promise_due_on", "pk")[:SHOWN]]


def show(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return response
