"""Opening a resident's record: always written down, and shown to the resident."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.kernel.refusal import Refused

from .models import Reading, Resident


def note_reading(resident: Resident, *, about: str, fields: str, why: str, by: Actor, now: datetime) -> Reading:
    """Write down who opened what of this resident, and why.

    Before: inside the transaction in which it is read.  After: one row the resident can see.
    Who: an official on a post; nobody else opens records.
    """
    return note_readings([(resident.pk, about)], fields=fields, why=why, by=by, now=now)[0]


def note_readings(
    opened: Iterable[tuple[int, str]], *, fields: str, why: str, by: Actor, now: datetime
) -> list[Reading]:
    """Write down who opened what of several residents – each by key, with what it was about – in one statement.

    Before: inside the transaction in which it is read.  After: one row for each, which that resident can see.
    Who: an official on a post; nobody else opens records.
    """
    if by.kind != "official" or by.official is None or not by.posts:
        raise Refused("NOT_YOUR_DUTY", _("没有岗位的人不能查看居民信息。"))
    written = {"by_post": by.posts[0].code, "by_name": by.official.name_zh, "fields": fields, "why": why, "at": now}
    with transaction.atomic(savepoint=False):  # its own only where the caller has opened none
        return Reading.objects.bulk_create(
            [Reading(resident_id=resident, about=about, **written) for resident, about in opened]
        )
