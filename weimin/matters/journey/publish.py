"""Step 7: a redacted copy for everybody, from named fields only; and taking it back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Place
from weimin.county.models.places import Level
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused
from weimin.language.exposing import Exposed, found

from .. import clocks, tallies
from ..models import FollowUp, Matter, Publication
from ..states import Act, State
from ._core import check, perform, words_of

# A telephone may be the office's own and a name an official's; these two are never for everybody.
NEVER_SHOWN = (Exposed.IDENTITY, Exposed.BANK)


@transaction.atomic
def publish_matter(matter: Matter, *, title: str, asked: str, done: str, by: Actor, now: datetime) -> Publication:
    """Step 7 of 7: make the public copy. Only what stands in these arguments and in open fields can be read by others.

    Before: RATED without an open follow-up, or CLOSED after an answer.  After: PUBLISHED.
    Who: a post that publishes and covers the place (PUBLISH).
    Refused, naming its field: STILL_NAMED while the resident's name, number or address still stands in the words,
    STILL_EXPOSED while anybody's identity number or bank card does.
    """
    check(matter, Act.PUBLISH, State.PUBLISHED)
    post = by.post_for(Duty.PUBLISH, place_code=matter.place_code)
    if matter.answered_at is None:
        raise Refused("NOT_ANSWERED", _("没有答复的事情不能公开。"))
    if FollowUp.objects.filter(matter=matter, rectified_at__isnull=True).exists():
        raise Refused("FOLLOW_UP_OPEN", _("居民不满意，整改还没有完成，先不公开。"))
    _name_nobody(matter, title=title, asked=asked, done=done)
    shown = _copy(matter, title=title, asked=asked, done=done, by=by, now=now)
    perform(
        matter,
        Act.PUBLISH,
        by=by,
        post=post,
        now=now,
        goal=State.PUBLISHED,
        changes={**clocks.STOPPED, "owner": None},
        words=shown.asked,
        data={"title": shown.title, "done": shown.done},
        counted=tallies.monthly(matter, now, "published"),
    )
    return shown


@transaction.atomic
def unpublish_matter(matter: Matter, *, reason: str, by: Actor, now: datetime) -> Matter:
    """Take the public copy back, with a reason that stays on record.

    Before: PUBLISHED.  After: CLOSED.  Who: a post that publishes and covers the place (PUBLISH).
    """
    check(matter, Act.UNPUBLISH, State.CLOSED)
    post = by.post_for(Duty.PUBLISH, place_code=matter.place_code)
    reason = words_of(reason, field="reason", limit=200)
    Publication.objects.filter(matter=matter).update(withdrawn_at=now, withdrawn_why=reason)
    perform(matter, Act.UNPUBLISH, by=by, post=post, now=now, goal=State.CLOSED, words=reason, internal=True)
    return matter


def _name_nobody(matter: Matter, **words: str) -> None:
    resident = matter.resident
    known = (resident.name, resident.phone, resident.email, resident.address) if resident else ()
    secrets = [word for word in known if len(word) > 1]
    for field, text in words.items():
        if any(word in text for word in secrets):
            raise Refused("STILL_NAMED", _("这里还有反映人的姓名、电话或住址，请去掉后再公开。"), field=field)
        if any(one.kind in NEVER_SHOWN for one in found(text)):
            raise Refused("STILL_EXPOSED", _("这里还有身份证号或银行账号，请去掉后再公开。"), field=field)


def _copy(matter: Matter, *, title: str, asked: str, done: str, by: Actor, now: datetime) -> Publication:
    """One row from named fields; a copy that was taken back is made anew."""
    rating = matter.ratings.order_by("-pk").first()
    assert by.official is not None
    assert matter.answered_at is not None
    shown, _made = Publication.objects.update_or_create(
        matter=matter,
        defaults={
            "number": matter.number,
            "request": matter.request,
            "kind": matter.kind,
            "place": _no_finer_than_village(matter.place),
            "office": matter.lead,
            "title": words_of(title, field="title", limit=80),
            "asked": words_of(asked, field="asked", limit=2000),
            "done": words_of(done, field="done", limit=2000),
            "received_on": county_day(matter.received_at),
            "answered_on": county_day(matter.answered_at),
            "grade": rating.grade if rating else None,
            "resolved": rating.resolved if rating else "",
            "published_at": now,
            "published_by": by.official,
            "withdrawn_at": None,
            "withdrawn_why": "",
        },
    )
    return shown


def _no_finer_than_village(place: Place) -> Place:
    """A group of twenty households would name its resident."""
    if place.level == Level.GROUP and place.parent is not None:
        return place.parent
    return place
