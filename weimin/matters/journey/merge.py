"""Same facts, one handling: merging, and parting again. And the resident taking a matter back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.queries import answer_limit
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.queries import holder_of
from weimin.kernel.refusal import Refused

from .. import clocks, sentences
from ..models import Matter
from ..states import Act, Clock, State
from ._core import check, only_resident, perform, words_of


@transaction.atomic
def merge_matter(matter: Matter, *, main: Matter, reason: str, by: Actor, now: datetime) -> Matter:
    """The same facts are being handled under another number. Number, receipt and notices stay the resident's own.

    Before: RECEIVED, CLASSIFIED, DISPATCHED, RETURNED or HANDLED; `main` open and itself not merged.
    After: MERGED; answered together with `main`.  Who: a post that classifies and covers the place (CLASSIFY).
    """
    check(matter, Act.MERGE, State.MERGED)
    post = by.post_for(Duty.CLASSIFY, place_code=matter.place_code)
    if main.pk == matter.pk:
        raise Refused("SAME_MATTER", _("不能并入自己，请填另一件的编号。"), field="main")
    if not main.is_open:
        raise Refused("MAIN_CLOSED", _("要并入的那件事已经办结，请另选一件还在办的。"), field="main")
    if matter.merged.filter(state=State.MERGED).exists():
        raise Refused("IS_MAIN", _("已有别的事并入这一件，请反过来，把那一件并到这里。"), field="main")
    reason = words_of(reason, field="reason", limit=500)
    perform(
        matter,
        Act.MERGE,
        by=by,
        post=post,
        now=now,
        goal=State.MERGED,
        changes={**clocks.STOPPED, "owner": None, "merged_into": main},
        words=reason,
        data={"main": main.number},
    )
    with sentences.in_language_of(matter):
        text = _t("您反映的事情 %(number)s 与另一件相同，一并办理；您的编号和查询码不变，答复时同样通知您。")
        sentences.tell(matter, Act.MERGE, text % {"number": matter.number}, now=now)
    return matter


@transaction.atomic
def split_matter(matter: Matter, *, reason: str = "", by: Actor, now: datetime) -> Matter:
    """Handle it by itself: it is not the same after all, or the other ended without an answer.

    Before: MERGED.  After: CLASSIFIED, owned by the first taker, with a fresh answer clock; the resident is told.
    Who: a post that classifies and covers the place (CLASSIFY), with a reason; the clock once `main` was withdrawn.
    """
    check(matter, Act.SPLIT, State.CLASSIFIED)
    main = matter.merged_into
    assert main is not None
    if by.kind == "clock":
        if main.state != State.WITHDRAWN:
            raise Refused("NOT_NOW", _("并入的那件事还在办。"))
        post, reason = None, _t("并入的那件事由反映人撤回了。")
    else:
        post = by.post_for(Duty.CLASSIFY, place_code=matter.place_code)
        reason = words_of(reason, field="reason", limit=500)
    perform(
        matter,
        Act.SPLIT,
        by=by,
        post=post,
        now=now,
        goal=State.CLASSIFIED,
        changes={
            "owner": matter.taken_by,
            "merged_into": None,
            "lead": None,
            "dispatched_at": None,
            "accepted_at": None,
            "contact_due_at": None,
            "escalated": 0,
            **clocks.running(Clock.ANSWER, start=now, limit=answer_limit(matter.kind, matter.urgency)),
        },
        words=reason,
        data={"main": main.number},
    )
    _tell_split(matter, now)
    return matter


def _tell_split(matter: Matter, now: datetime) -> None:
    assert matter.clock_due_at is not None
    with sentences.in_language_of(matter):
        text = _t("您反映的事情 %(number)s 不再与另一件一并办理，改为单独办理，最迟 %(day)s 答复您。")
        day = sentences.day(matter.clock_due_at, now)
        sentences.tell(matter, Act.SPLIT, text % {"number": matter.number, "day": day}, now=now)
    sentences.tell_holder(
        holder_of(matter.taken_by, now=now),
        matter,
        Act.SPLIT,
        _t("%(number)s 改为单独办理，请派办。") % {"number": matter.number},
        now=now,
    )


@transaction.atomic
def withdraw_matter(matter: Matter, *, reason: str = "", by: Actor, now: datetime) -> Matter:
    """The resident takes it back.

    Before: not yet answered.  After: WITHDRAWN.  Who: the resident alone.
    """
    check(matter, Act.WITHDRAW, State.WITHDRAWN)
    only_resident(by)
    perform(
        matter,
        Act.WITHDRAW,
        by=by,
        now=now,
        goal=State.WITHDRAWN,
        changes={**clocks.STOPPED, "owner": None},
        words=words_of(reason, field="reason", limit=500, required=False),
    )
    return matter
