"""Steps 3 and 4: one office is asked to lead, and takes it, or shows that it is not theirs."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.queries import time_rule
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Office
from weimin.county.queries import holder_of
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused

from .. import clocks, queries, sentences
from ..models import Matter, Support
from ..states import Act, State
from ._core import check, perform, words_of

# The second return goes to the duty leader, whose choice is final.
RETURNS_BEFORE_LEADER = 2


@transaction.atomic
def dispatch_matter(
    matter: Matter, *, office: Office, supporting: Sequence[Office] = (), words: str = "", by: Actor, now: datetime
) -> Matter:
    """Step 3 of 7: ask one office to lead, and others to help, each with a clock of its own.

    Before: CLASSIFIED or RETURNED.  After: DISPATCHED; whoever took it in owns it until the office accepts.
    Who: a post that dispatches and covers the place (DISPATCH); after two returns only the duty leader (LEAD).
    """
    check(matter, Act.DISPATCH, State.DISPATCHED)
    duty = Duty.LEAD if matter.returns >= RETURNS_BEFORE_LEADER else Duty.DISPATCH
    post = by.post_for(duty, place_code=matter.place_code)
    if office.retired_on is not None:
        raise Refused("UNKNOWN_OFFICE", _("这个单位已撤销，请另选一个。"), field="office")
    helpers = [helper for helper in supporting if helper.pk != office.pk]
    perform(
        matter,
        Act.DISPATCH,
        by=by,
        post=post,
        now=now,
        goal=State.DISPATCHED,
        changes={
            "lead": office,
            "dispatched_at": now,
            "contact_due_at": clocks.due(now, matter.urgency.contact_limit).due,
        },
        words=words_of(words, field="words", limit=1000, required=False),
        data={"office": office.code, "supporting": [helper.code for helper in helpers]},
    )
    _ask_to_help(matter, helpers, now)
    with sentences.in_language_of(matter):
        sentences.tell(
            matter,
            Act.DISPATCH,
            _t("您反映的事情 %(number)s 已交给%(office)s办理。") % {"number": matter.number, "office": office.name},
            now=now,
        )
    return matter


def _ask_to_help(matter: Matter, helpers: Sequence[Office], now: datetime) -> None:
    limit = time_rule("SUPPORT", on=county_day(now)).limit
    due = clocks.due(now, limit).due
    Support.objects.bulk_create(
        [Support(matter=matter, office=helper, started_at=now, limit=str(limit), due_at=due) for helper in helpers],
        ignore_conflicts=True,  # an office that still helps from an earlier dispatch keeps its clock
    )


@transaction.atomic
def ask_for_help(matter: Matter, *, office: Office, words: str, by: Actor, now: datetime) -> Matter:
    """Ask one more office to help, with a clock of its own.

    Before: DISPATCHED, HANDLED or PAUSED; the office neither leads nor helps already.  After: the same state.
    Who: a post that dispatches and covers the place (DISPATCH), or a handling post of the lead office (HANDLE).
    """
    check(matter, Act.ASK_HELP)
    if by.has(Duty.DISPATCH):
        post = by.post_for(Duty.DISPATCH, place_code=matter.place_code)
    else:
        post = by.post_for(Duty.HANDLE, office_id=matter.lead_id)
    if office.retired_on is not None:
        raise Refused("UNKNOWN_OFFICE", _("这个单位已撤销，请另选一个。"), field="office")
    if office.pk == matter.lead_id:
        raise Refused("LEADS_ALREADY", _("这个单位就是主办单位，不用再请协办。"), field="office")
    if queries.supports_open().filter(matter=matter, office=office).exists():
        raise Refused("HELPS_ALREADY", _("已经请过这个单位协办，还在等它回复。"), field="office")
    words = words_of(words, field="words", limit=1000)
    perform(matter, Act.ASK_HELP, by=by, post=post, now=now, words=words, data={"office": office.code})
    _ask_to_help(matter, [office], now)
    return matter


@transaction.atomic
def accept_matter(matter: Matter, *, by: Actor, now: datetime) -> Matter:
    """Step 4 of 7: the office takes it. From here on its post owns the matter.

    Before: DISPATCHED.  After: HANDLED.  Who: a handling post of the lead office (HANDLE).
    """
    check(matter, Act.ACCEPT, State.HANDLED)
    post = by.post_for(Duty.HANDLE, office_id=matter.lead_id)
    perform(
        matter,
        Act.ACCEPT,
        by=by,
        post=post,
        now=now,
        goal=State.HANDLED,
        changes={"owner": post, "accepted_at": now},
        undoable=True,
        data={"post": post.code},
    )
    return matter


@transaction.atomic
def return_matter(matter: Matter, *, reason: str, by: Actor, now: datetime) -> Matter:
    """The office shows, with a reason, that this is not theirs.

    Before: DISPATCHED, within the limit of rule RETURN (5 working days).
    After: RETURNED; the first taker still owns it, after the second return the duty leader does.
    Who: a handling post of the lead office (HANDLE).
    """
    check(matter, Act.RETURN, State.RETURNED)
    post = by.post_for(Duty.HANDLE, office_id=matter.lead_id)
    reason = words_of(reason, field="reason", limit=1000)
    if matter.returns >= RETURNS_BEFORE_LEADER:
        raise Refused(
            "RETURNED_TWICE", _("这件事已退回两次，由值班领导定了承办单位，不能再退。有困难请直接向值班领导说明。")
        )
    assert matter.dispatched_at is not None and matter.owner is not None
    limit = time_rule("RETURN", on=county_day(matter.dispatched_at)).limit
    if now > clocks.due(matter.dispatched_at, limit).due:
        raise Refused(
            "TOO_LATE_TO_RETURN", _("已超过退回的期限，请受理承办；需要别的单位配合时，可请派办人增加协办单位。")
        )
    owner = matter.owner
    if matter.returns + 1 >= RETURNS_BEFORE_LEADER:
        owner = queries.post_for_duty(Duty.LEAD, matter.place) or owner
    perform(
        matter,
        Act.RETURN,
        by=by,
        post=post,
        now=now,
        goal=State.RETURNED,
        changes={"returns": matter.returns + 1, "owner": owner, "contact_due_at": None},
        words=reason,
        data={"office": matter.lead.code if matter.lead else "", "times": matter.returns + 1},
    )
    sentences.tell_holder(
        holder_of(owner, now=now),
        matter,
        Act.RETURN,
        _t("%(number)s 被退回，请重新派办。理由：%(reason)s") % {"number": matter.number, "reason": reason},
        now=now,
    )
    return matter
