"""Same facts, one handling: merging. And the resident taking a matter back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.kernel.refusal import Refused

from .. import clocks, sentences
from ..models import Matter
from ..states import Act, State
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
