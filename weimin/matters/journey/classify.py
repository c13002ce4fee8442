"""Step 2: what it is about, where, and how urgent."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Kind, Urgency
from weimin.catalogue.queries import answer_limit
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Place
from weimin.kernel.refusal import Refused

from .. import clocks
from ..models import Matter
from ..states import Act, Clock, Request, State
from ._core import check, perform


@transaction.atomic
def classify_matter(
    matter: Matter,
    *,
    kind: Kind,
    urgency: Urgency | None = None,
    place: Place | None = None,
    request: Request | None = None,
    by: Actor,
    now: datetime,
) -> Matter:
    """Step 2 of 7: settle kind, place and urgency. The date is counted anew from the day it was received.

    Before: RECEIVED, CLASSIFIED or RETURNED.  After: CLASSIFIED.
    Who: a post that classifies and covers the place (CLASSIFY).
    """
    check(matter, Act.CLASSIFY, State.CLASSIFIED)
    post = by.post_for(Duty.CLASSIFY, place_code=matter.place_code)
    if kind.retired_on is not None:
        raise Refused("UNKNOWN_KIND", _("这个类别已停用，请另选一个。"), field="kind")
    urgency, place = urgency or kind.urgency, place or matter.place
    limit = answer_limit(kind, urgency)
    perform(
        matter,
        Act.CLASSIFY,
        by=by,
        post=post,
        now=now,
        goal=State.CLASSIFIED,
        changes={
            "kind": kind,
            "urgency": urgency,
            "place": place,
            "place_code": place.code,
            "request": request or matter.request,
            "legal_due_at": clocks.due(matter.received_at, kind.legal).due,
            **clocks.running(Clock.ANSWER, start=matter.received_at, limit=limit),
        },
        undoable=True,
        data={"kind": kind.code, "urgency": urgency.code, "place": place.code, "limit": str(limit)},
    )
    return matter
