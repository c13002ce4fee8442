"""Urgency classes: how long each may take, and how soon the resident is called."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.services.gate import who_configures
from weimin.kernel.limits import Limit
from weimin.kernel.refusal import Refused

from ..models import Kind, Urgency
from ..queries import promises_cut
from ._core import differences, need_source, write_down


@transaction.atomic
def set_urgency_limits(
    urgency: Urgency, *, limit: Limit, contact: Limit, source_zh: str, source_en: str, by: Actor, now: datetime
) -> Urgency:
    """Change how long an urgency class may take. Dates residents were told stay.

    Before: any limits. After: these, for what is dispatched or classified from now on; kinds that kept within the
    class keep within it: where their promise would now be longer, it becomes the class's limit. Who: CONFIGURE.
    """
    who, source = who_configures(by), need_source(source_zh)
    if not contact.surely_within(limit):
        raise Refused("CONTACT_TOO_LATE", _("联系时限不能长于答复时限：要先联系上人，再答复。"), field="contact")
    _check_order(urgency, limit)
    cut = promises_cut(urgency, limit)
    for kind in cut:
        if not limit.surely_within(kind.legal):
            raise Refused(
                "PROMISE_BEYOND_LAW",
                _t("“%(kind)s”的法定时限装不下这个时限，请先改这一类的时限。") % {"kind": kind.name},
                field="limit",
            )
    Kind.objects.filter(pk__in=[kind.pk for kind in cut]).update(promised_amount=limit.amount, promised_unit=limit.unit)
    before = {"limit": str(urgency.limit), "contact": str(urgency.contact_limit), "source": urgency.source_zh}
    urgency.amount, urgency.unit = limit.amount, limit.unit
    urgency.contact_amount, urgency.contact_unit = contact.amount, contact.unit
    urgency.source_zh, urgency.source_en = source, source_en.strip() or source
    urgency.save()
    content = {
        **differences(before, {"limit": str(limit), "contact": str(contact), "source": source}),
        "kinds": {kind.code: str(kind.promised) for kind in cut},
    }  # fmt: skip
    write_down(what="catalogue.set_urgency_limits", about=f"urgency:{urgency.code}", who=who, now=now, content=content)
    return urgency


def _check_order(urgency: Urgency, limit: Limit) -> None:
    """The more urgent never waits longer: a class's limit lies between those of its neighbours."""
    for other in Urgency.objects.exclude(pk=urgency.pk).order_by("rank"):
        short, long = (other.limit, limit) if other.rank < urgency.rank else (limit, other.limit)
        if not short.surely_within(long):
            raise Refused(
                "OUT_OF_ORDER",
                _t("越急的事时限越短：这个时限与“%(other)s”的时限前后颠倒，请核对。") % {"other": other.name},
                field="limit",
            )
