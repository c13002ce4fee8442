"""Writing messages into the outbox, and taking them out again. Sending is a job; writing belongs to the act."""

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.bulk import new_row
from weimin.county.duties import Duty
from weimin.county.models import Official
from weimin.households.models import Resident
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from .models import Notice
from .queries import to_carry
from .states import MOVES, PHONE, POST, ByHand, Channel, Delivery

_REACH = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+|\+?\d(?:[ -]?\d){6,}")


def tell_resident(
    resident: Resident | None, *, subject: str, body: str, about: str, once: str, now: datetime
) -> Notice | None:
    """Write one message to a resident into the outbox, by the way they asked to be reached.

    Before: inside the transaction of the act it tells of. After: one QUEUED row; None for an anonymous resident,
    who has left no address and follows the matter by number and PIN. Who: the verb that acts.
    """
    notice = notice_to(resident, subject=subject, body=body, about=about, once=once, now=now)
    if notice is not None:
        notice.save(force_insert=True)
    return notice


def notice_to(
    resident: Resident | None, *, subject: str, body: str, about: str, once: str, now: datetime
) -> Notice | None:
    """The message as a row, for a verb that inserts all its rows together; None for an anonymous resident.

    Before: inside the transaction of the act it tells of. After: nothing changes until the caller inserts the row.
    Who: the verb that acts.
    """
    if resident is None:
        return None
    channel, address = _way_to(resident)
    return new_row(
        Notice,
        resident=resident,
        channel=channel,
        address=address,
        subject=subject,
        body=body,
        language=resident.language,
        about=about,
        once=once,
        created_at=now,
        send_after=now,
    )


def tell_official(official: Official, *, subject: str, body: str, about: str, once: str, now: datetime) -> Notice:
    """Put one reminder on an official's desk.

    Before: inside the transaction of the act. After: one row, SENT at once, for the desk is where it is read.
    Who: the verb that acts.
    """
    return Notice.objects.create(
        official=official,
        channel=Channel.DESK,
        address="desk",
        subject=subject,
        body=body,
        about=about,
        once=once,
        state=Delivery.SENT,
        created_at=now,
        send_after=now,
        sent_at=now,
    )


def report_delivery(pk: int, *, delivered: bool, why: str, now: datetime) -> bool:
    """Keep what a carrier says became of a message; False if there is no such message.

    Before: QUEUED, UNCERTAIN or SENT, by the table of moves.  After: DELIVERED or FAILED; a message that has ended
    stays as it is, so a report told twice is no harm.  Who: the carrier that was given the message.
    """
    goal = Delivery.DELIVERED if delivered else Delivery.FAILED
    starts = [state for state, goals in MOVES.items() if goal in goals]
    moved = Notice.objects.filter(pk=pk, state__in=starts).update(
        state=goal,
        reported_at=now,
        sent_at=Coalesce("sent_at", Value(now)),
        trouble="" if delivered else without_reach(why)[:200],
    )
    return bool(moved) or Notice.objects.filter(pk=pk).exists()


@transaction.atomic
def carry_by_hand(notice: Notice, *, outcome: ByHand, words: str = "", by: Actor, now: datetime) -> None:
    """Keep what came of a message that a person read out or posted.

    Before: it waits to be carried.  After: read out: DELIVERED; posted: SENT by post, with the number of the letter;
    not reached: it goes on waiting, with one try more; impossible: FAILED, which its matter shows.
    Who: an official who takes in (TAKE_IN).
    """
    post = by.post_for(Duty.TAKE_IN)
    by_phone = notice.channel == Channel.VOICE
    columns: dict[str, Any] = {"attempts": F("attempts") + 1, "trouble": words.strip()[:200]}
    if outcome == ByHand.DONE:
        columns |= {"carrier": PHONE if by_phone else POST, "sent_at": now, "trouble": ""}
        columns |= {"state": Delivery.DELIVERED, "reported_at": now} if by_phone else {"state": Delivery.SENT}
        columns["reference"] = words.strip()[:120]
    elif outcome == ByHand.IMPOSSIBLE:
        columns |= {"state": Delivery.FAILED, "reported_at": now, "sent_at": now}
    waits = to_carry(now=now).filter(pk=notice.pk).order_by()
    if not Notice.objects.filter(pk__in=waits.values("pk")).update(**columns):
        raise Refused("MOVED_ON", _("刚才已有人处理了这条告知，请刷新页面再看。"))
    content = {"notice": notice.pk, "channel": notice.channel, "outcome": outcome, "about": notice.about}
    record(what="notices.carry_by_hand", about=f"notice:{notice.pk}", by=by.word(post), at=now, content=content)


def doubt_waiting(*, now: datetime) -> int:
    """Messages that waited when a backup was taken may have gone out after it: they are not sent again in silence.

    Before: a county was restored.  After: no message is QUEUED; those that were are UNCERTAIN, for somebody to look at.
    Who: the operator who restored.
    """
    return Notice.objects.filter(state=Delivery.QUEUED).update(state=Delivery.UNCERTAIN, sent_at=now)


def without_reach(why: str) -> str:
    """What a carrier says went wrong, without the address or number it repeats: those are kept sealed.

    Before: as the carrier said it.  After: nothing changes.  Who: whoever keeps the reason.
    """
    return _REACH.sub("…", why)


def _way_to(resident: Resident) -> tuple[Channel, str]:
    """The channel asked for if there is an address for it, else the next that works; a letter reaches everybody."""
    if resident.reach_by == Resident.Reach.EMAIL and resident.email:
        return Channel.EMAIL, resident.email
    if resident.reach_by == Resident.Reach.SMS and resident.phone:
        return Channel.SMS, resident.phone
    if resident.reach_by == Resident.Reach.PHONE and resident.phone:
        return Channel.VOICE if _is_landline(resident.phone) else Channel.SMS, resident.phone
    if resident.phone:
        return Channel.SMS, resident.phone
    if resident.email:
        return Channel.EMAIL, resident.email
    return Channel.LETTER, resident.address


def _is_landline(phone: str) -> bool:
    """Mobile numbers in China begin with 1 and have eleven digits; others cannot take a text message."""
    digits = "".join(sign for sign in phone if sign.isdigit()).removeprefix("86")
    return not (len(digits) == 11 and digits.startswith("1"))
