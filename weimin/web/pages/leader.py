"""The leader's minute: what is stuck where, what got worse, the three that only they can move, broken promises."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, needs
from weimin.county.queries import offices_by_key, posts_without_anyone
from weimin.kernel import clock
from weimin.matters.models import Answer, Matter
from weimin.matters.names import with_names
from weimin.matters.pages.desk.shared import clock_bar, queue_counts
from weimin.matters.states import OPEN_STATES

from ..stuck import Step, Worse, got_worse, standing
from .desk import SHOWN, promises, show

# The picture in units of its own: words at the left, bars from BAR on, at most LONG.
BAR, LONG, ROW, PAIR = 128, 100, 40, 80
DRAWN = 6


@require_GET
@needs(Duty.LEAD, Duty.APPROVE)
def leader(request: StaffRequest) -> HttpResponse:
    """Each picture with its table."""
    actor, now = request.actor, clock.now()
    offices = offices_by_key()
    here = standing(actor, now=now, offices=offices)
    more, slower = got_worse(actor, now=now, offices=offices)
    mine = Matter.objects.filter(owner__in=actor.posts, state__in=OPEN_STATES)
    context = {
        "queue": "leader", "steps": here.steps, "flow": _flow(here.steps), "offices": here.offices, "more": more,
        "slower": slower, "pairs": _pairs(more[:DRAWN]), "queue_counts": queue_counts(actor),
        "mine": [
            {"matter": one, "clock": clock_bar(one, now)}
            for one in map(with_names, mine.order_by("clock_due_at", "pk")[:3])
        ],
        "broken": promises(actor, now, Answer.objects.filter(promise_broken_at__isnull=False)),
        "empty_posts": posts_without_anyone(now=now).select_related("office")[:SHOWN],
    }  # fmt: skip
    return show(request, "web/desk_leader.html", context)


def _flow(steps: list[Step]) -> dict[str, Any]:
    """The way from top to bottom: a bar for what stands at each step, its dark end for what is late."""
    most = max((step.n for step in steps), default=0) or 1
    rows = [
        {
            "step": step, "top": at * ROW + 8, "words": at * ROW + 23, "x": 14 if step.aside else 0,
            "bar": round(step.n / most * LONG), "late": round(step.late / most * LONG),
            "after": BAR + round(step.n / most * LONG) + 6, "join": at * ROW - 6,
        }
        for at, step in enumerate(steps)
    ]  # fmt: skip
    return {"rows": rows, "height": len(steps) * ROW, "bar": BAR}


def _pairs(worse: list[Worse]) -> dict[str, Any]:
    """Two bars for each thing that grew: the week before above, this week below."""
    most = max((one.now for one in worse), default=0) or 1
    rows = [
        {
            "one": one, "words": at * PAIR + 14, "what": at * PAIR + 31, "before": round(one.before / most * 240),
            "now": round(one.now / most * 240), "first": at * PAIR + 38, "second": at * PAIR + 56,
        }
        for at, one in enumerate(worse)
    ]  # fmt: skip
    return {"rows": rows, "height": len(worse) * PAIR}
