"""What other programs are told of an act: what anybody may know of a matter, and not one word of a resident."""

from datetime import datetime
from typing import Any

from weimin.county.queries import place_by_code
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import COUNTY_TIME
from weimin.webhooks.models import Delivery
from weimin.webhooks.services import deliveries_of
from weimin.webhooks.states import What

from .models import Matter
from .states import Act

WHATS: dict[str, What] = {
    Act.RECEIVE: What.RECEIVED,
    Act.CLASSIFY: What.CLASSIFIED,
    Act.DISPATCH: What.DISPATCHED,
    Act.ACCEPT: What.ACCEPTED,
    Act.RETURN: What.RETURNED,
    Act.PAUSE: What.PAUSED,
    Act.RESUME: What.RESUMED,
    Act.EXTEND: What.EXTENDED,
    Act.ESCALATE: What.OVERDUE,
    Act.ANSWER: What.ANSWERED,
    Act.RATE: What.RATED,
    Act.REOPEN: What.REOPENED,
    Act.PUBLISH: What.PUBLISHED,
    Act.UNPUBLISH: What.UNPUBLISHED,
    Act.CLOSE: What.CLOSED,
    Act.MERGE: What.MERGED,
    Act.SPLIT: What.SPLIT,
    Act.WITHDRAW: What.WITHDRAWN,
    Act.REFUSE: What.REFUSED,
    Act.APPEAL: What.APPEALED,
    Act.DECIDE: What.DECIDED,
    Act.UNDO: What.UNDONE,
}
_VILLAGE = 12  # digits of a village's code: a group of twenty households would name its resident


def announcements(matter: Matter, act: str, *, now: datetime) -> list[Delivery]:
    """The rows to be inserted with the act, one for each program that asked; mostly none, at no cost.

    Number and version name the event for ever: the version grows with every act, and tells a receiver the order.
    """
    what = WHATS.get(act)
    if what is None or (act == Act.ESCALATE and matter.escalated != 1):  # late is told once, not at every step up
        return []
    key = f"{matter.number}_{matter.version}"
    return deliveries_of(what, key=key, about=matter.number, data=lambda: open_data(matter), now=now)


def open_data(matter: Matter) -> dict[str, Any]:
    """Columns that bear the word open, and what stands in public tables beside them."""
    place = place_by_code(matter.place_code[:_VILLAGE])
    return {
        "county": current_code(),
        "number": matter.number,
        "version": matter.version,
        "state": matter.state,
        "kind": {"code": matter.kind.code, "name": matter.kind.name_zh},
        "place": {"code": matter.place_code[:_VILLAGE], "name": place.name_zh if place else ""},
        "office": {"code": matter.lead.code, "name": matter.lead.name_zh} if matter.lead else None,
        "received_at": _told(matter.received_at),
        "due_at": _told(matter.clock_due_at),
        "answered_at": _told(matter.answered_at),
        "closed_at": _told(matter.closed_at),
    }


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(COUNTY_TIME).isoformat(timespec="seconds")
