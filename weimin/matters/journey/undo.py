"""A slip of the hand taken back: for ten seconds, by who made it, while nobody has been told."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.kernel.refusal import Refused
from weimin.notices.queries import was_told

from .. import sentences
from ..models import Event, Matter
from ..states import UNDOABLE, Act, State
from ._core import check, column, perform

# Long enough to see the slip on the next page, short enough that nobody has acted on what they saw.
UNDO_WITHIN = timedelta(seconds=10)


def may_undo(matter: Matter, *, by: Actor, now: datetime) -> Event | None:
    """The last act, where this official may still take it back; otherwise nothing.

    Before: any state.  After: nothing is changed.  Who: anyone may ask; only who did it is told yes.
    """
    last = matter.events.select_related("post").order_by("-pk").first()
    if last is None or last.act not in UNDOABLE or "before" not in last.data:
        return None
    mine = by.official is not None and last.official_id == by.official.pk
    if not mine or last.post_id not in {post.pk for post in by.posts}:
        return None
    if last.to_state != matter.state or not last.at <= now <= last.at + UNDO_WITHIN:
        return None
    return None if was_told(sentences.mark(matter, Act(last.act))) else last


@transaction.atomic
def undo_move(matter: Matter, *, by: Actor, now: datetime) -> Matter:
    """Take back one's own last act, as if it had not been done; both stay in the timeline and in the ledger.

    Before: the last act is one of UNDOABLE, at most ten seconds old, and told nobody.
    After: the state, the owner and the clock of before.  Who: the official who did it, on the post they did it from.
    """
    last = may_undo(matter, by=by, now=now)
    if last is None:
        raise Refused(
            "TOO_LATE_TO_UNDO",
            _("已不能撤销：只有刚做的人在十秒以内、还没有通知任何人时可以撤销。需要更正的，请用下面能做的办法。"),
        )
    goal = State(last.from_state)
    check(matter, Act.UNDO, goal)
    perform(
        matter,
        Act.UNDO,
        by=by,
        post=last.post,
        now=now,
        goal=goal,
        changes=_as_before(last.data["before"]),
        data={"undone": last.act, "event": last.pk},
    )
    return matter


def _as_before(kept: dict[str, Any]) -> dict[str, Any]:
    """The columns that the act changed, as the event kept them."""
    columns = {}
    for name, value in kept.items():
        field = column(name)
        columns[field.attname] = value if field.is_relation else field.to_python(value)
    return columns
