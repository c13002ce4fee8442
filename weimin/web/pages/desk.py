"""The first page of the day for an official, and the leader's minute: what is stuck, where, and who can move it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, needs, signed_in
from weimin.county.queries import offices_open, posts_without_anyone
from weimin.kernel import clock
from weimin.kernel.clock import county_day
from weimin.matters import queries
from weimin.matters.models import Answer, Matter
from weimin.matters.pages.desk.shared import clock_bar, queue_counts
from weimin.matters.pages.desk.waiting import QUEUES, filtered
from weimin.matters.states import OPEN_STATES, State
from weimin.matters.tallies import month
from weimin.notices.models import Notice

SHOWN = 8
PROMISES_WITHIN = timedelta(days=7)


@require_GET
@signed_in
def today(request: StaffRequest) -> HttpResponse:
    """What presses today, most pressing first."""
    actor, now = request.actor, clock.now()
    context = {
        "queue": "today", "lists": _lists(actor, now), "queue_counts": queue_counts(actor),
        "promises": _promises(actor, now, Answer.objects.filter(promise_broken_at__isnull=True))[:SHOWN],
        "reminders": Notice.objects.filter(official=actor.official).order_by("-created_at", "-pk")[:SHOWN],
    }  # fmt: skip
    return _show(request, "web/desk_today.html", context)


def _lists(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Each matter once, in the first list it belongs to; lists with nothing in them are left out."""
    lists: list[dict[str, Any]] = []
    shown: list[int] = []
    for name in ("overdue", "due_soon", "returned", "mine", "callback"):
        rows = _rows(filtered(actor, name, {}, now=now).exclude(pk__in=shown), name, now)
        shown += [row["matter"].pk for row in rows]
        if rows:
            lists.append({"name": name, "title": QUEUES[name].title, "rows": rows})
    return lists


def _rows(found: Any, name: str, now: datetime) -> list[dict[str, Any]]:
    order = ("clock_due_at", "pk") if QUEUES[name].sort == "due" else ("-received_at", "-pk")
    return [{"matter": matter, "clock": clock_bar(matter, now)} for matter in found.order_by(*order)[:SHOWN]]


def _promises(actor: Any, now: datetime, answers: Any) -> Any:
    return (
        answers.filter(
            matter__in=queries.visible_to(actor),
            promise_due_on__lte=county_day(now + PROMISES_WITHIN),
            promise_kept_at__isnull=True,
            promise_replaced_at__isnull=True,
        )
        .select_related("matter", "post__office")
        .order_by("promise_due_on", "pk")
    )


@require_GET
@needs(Duty.LEAD, Duty.APPROVE)
def leader(request: StaffRequest) -> HttpResponse:
    """One minute: the flow, the offices with most that is late, what only this person can move, broken promises."""
    actor, now = request.actor, clock.now()
    moves = Matter.objects.filter(owner__in=actor.posts, state__in=OPEN_STATES)
    last = county_day(now).replace(day=1) - timedelta(days=1)
    context = {
        "queue": "leader", "flow": _flow(), "offices": _late_offices(actor, now), "now_month": _month(month(now)),
        "last_month": _month(last.strftime("%y%m")), "queue_counts": queue_counts(actor),
        "mine": [
            {"matter": one, "clock": clock_bar(one, now)}
            for one in moves.select_related("kind", "place", "owner__office").order_by("clock_due_at", "pk")[:3]
        ],
        "broken": _promises(actor, now, Answer.objects.filter(promise_broken_at__isnull=False))[:SHOWN],
        "empty_posts": posts_without_anyone(now=now).select_related("office")[:SHOWN],
    }  # fmt: skip
    return _show(request, "web/desk_leader.html", context)


def _flow() -> list[dict[str, Any]]:
    """How many stand at each step, from the running counts, with the length of its bar."""
    states = [state for state in State if state in OPEN_STATES]
    found = queries.tally(*(f"state:{state}" for state in states))
    most = max(found.values(), default=0) or 1
    return [
        {"state": s, "label": s.label, "n": found[f"state:{s}"], "percent": round(found[f"state:{s}"] / most * 100)}
        for s in states
    ]


def _late_offices(actor: Any, now: datetime) -> list[dict[str, Any]]:
    """Offices by how much of theirs is late; where nothing is late they are not listed."""
    late: dict[int, int] = {}
    lead_ids = filtered(actor, "overdue", {}, now=now).filter(lead__isnull=False).values_list("lead_id", flat=True)
    for office_id in lead_ids:
        late[office_id] = late.get(office_id, 0) + 1
    names = {office.pk: office for office in offices_open()}
    load = _open_of(late)
    most = sorted(((names[pk], n) for pk, n in late.items() if pk in names), key=lambda row: (-row[1], row[0].code))
    return [{"office": office, "late": n, "open": load[office.pk]} for office, n in most[:10]]


def _open_of(offices: Iterable[int]) -> dict[int, int]:
    keys = {pk: [f"office:{pk}:{state}" for state in sorted(OPEN_STATES)] for pk in offices}
    found = queries.tally(*(key for some in keys.values() for key in some)) if keys else {}
    return {pk: sum(found[key] for key in some) for pk, some in keys.items()}


def _month(word: str) -> dict[str, int]:
    names = ("received", "answered", "answered_on_time", "rated", "satisfied", "reopened", "escalated")
    found = queries.tally(*(f"month:{word}:{name}" for name in names))
    return {name: found[f"month:{word}:{name}"] for name in names}


def _show(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return response
