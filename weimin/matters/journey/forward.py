"""To other systems and back: a matter is also with a partner, and what is said there stands on its timeline."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Post
from weimin.county.queries import holder_of
from weimin.kernel.refusal import Refused

from .. import sentences
from ..models import Matter, Partner, Referral
from ..states import Act, State
from ._core import check, perform, words_of

_AGAIN = (Referral.Stage.REFUSED, Referral.Stage.UNCERTAIN)


@transaction.atomic
def forward_matter(
    matter: Matter, *, partner: Partner, service_code: str, words: str, by: Actor, now: datetime
) -> Referral:
    """Send a matter to another city's system too; here it stays whose it was, and its clock runs on.

    Before: open, and not with this partner yet (or refused there, or doubtful).  After: the same state; a referral
    waits to be sent, with these words and nothing else of the resident.
    Who: a post that dispatches for the place (DISPATCH), one that handles in the lead office (HANDLE), or the clock
    where a rule says so.
    """
    check(matter, Act.NOTE)
    if not matter.is_open:
        raise Refused("NOT_NOW", _("已经办结的事项不再转送。"))
    if partner.off_at is not None or not partner.sends:
        raise Refused("PARTNER_OFF", _("这个外部系统现在不接收转送。"), field="partner")
    if not service_code.strip():
        raise Refused("NO_CODE", _("请选对方的类别。"), field="service_code")
    post = _who_forwards(matter, by)
    words = words_of(words, field="words", limit=4000)
    known = Referral.objects.filter(partner=partner, matter=matter).first()
    if known is not None and known.stage not in _AGAIN:
        raise Refused("THERE_ALREADY", _("这件事已经在“%(partner)s”了。") % {"partner": partner.name}, field="partner")
    referral, _made = Referral.objects.update_or_create(
        partner=partner,
        matter=matter,
        defaults={
            "stage": Referral.Stage.QUEUED, "service_code": service_code.strip(), "words": words, "attempts": 0,
            "next_at": now, "made_at": now, "trouble": "",
        },
    )  # fmt: skip
    told = _t("转送外部系统“%(partner)s”，对方类别 %(code)s。") % {
        "partner": partner.name,
        "code": service_code.strip(),
    }
    perform(matter, Act.NOTE, by=by, post=post, now=now, words=told, data={"partner": partner.pk, "sent": words})
    return referral


def _who_forwards(matter: Matter, by: Actor) -> Post | None:
    if by.kind == "clock":
        return None
    if matter.lead_id is not None and by.has(Duty.HANDLE):
        return by.post_for(Duty.HANDLE, office_id=matter.lead_id)
    return by.post_for(Duty.DISPATCH, place_code=matter.place_code)


@transaction.atomic
def note_outside(referral: Referral, *, words: str, internal: bool = False, by: Actor, now: datetime) -> None:
    """Write down what a partner said of a matter, and remind whoever answers for it.

    Before: any state; a matter its resident took back is left alone.  After: the same state, one line more.
    Who: the clock, which heard it.
    """
    matter = Matter.objects.select_related("owner").get(pk=referral.matter_id)
    if matter.state == State.WITHDRAWN:
        return
    told = f"{referral.partner.name}：{words}"[:2000]
    perform(matter, Act.NOTE, by=by, now=now, words=told, internal=internal, data={"partner": referral.partner_id})
    if matter.owner is not None:
        text = _t("%(number)s 外部系统有进展，请查看。") % {"number": matter.number}
        sentences.tell_holder(holder_of(matter.owner, now=now), matter, Act.NOTE, text, now=now)
