"""What the pages of the desk share: the gate, the clock in words, counts of the queues, answers that are not stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from weimin.county.actors import Actor
from weimin.county.queries import calendar
from weimin.households.models import Reading, Resident
from weimin.households.services import note_reading, note_readings
from weimin.kernel.working_time import remaining

from ... import queries
from ...models import Matter
from ...states import OPEN_STATES, Clock, State

SOON = timedelta(hours=24)
READING_HOLDS = timedelta(minutes=10)  # reloading a page is not a second reading


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of the desk. Nothing on it stays in a browser that somebody else may sit down at."""
    response = render(request, f"matters/desk/{template}", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@dataclass(frozen=True)
class ClockBar:
    """What parts/clock.html draws."""

    percent: int
    words: str
    tone: str


def clock_bar(matter: Matter, now: datetime) -> ClockBar | None:
    """The running clock as a bar with words; None where no clock runs."""
    if matter.clock_due_at is None or matter.clock_started_at is None:
        return None
    whole = (matter.clock_due_at - matter.clock_started_at).total_seconds()
    percent = 100 if whole <= 0 else round((now - matter.clock_started_at).total_seconds() / whole * 100)
    words = remaining(matter.clock_due_at, now, calendar(), language=get_language() or "zh-hans")
    return ClockBar(max(0, min(100, percent)), words, _tone(matter, now))


def _tone(matter: Matter, now: datetime) -> str:
    assert matter.clock_due_at is not None
    if now > matter.clock_due_at:
        return "late"
    if matter.clock == Clock.PAUSE:
        return "rest"
    return "soon" if matter.clock_due_at - now <= SOON else "calm"


def queue_counts(actor: Actor) -> dict[str, int]:
    """Numbers beside the queues, from the running counts: a constant number of statements, however many matters."""
    owners = [f"owner:{post.pk}" for post in actor.posts]
    offices = {post.office_id for post in actor.posts}
    led = [f"office:{office}:{state}" for office in sorted(offices) for state in sorted(OPEN_STATES)]
    returned, received = (_in_scope(actor, state) for state in (State.RETURNED, State.RECEIVED))
    found = queries.tally(*owners, *led, *returned, *received)
    return {
        "mine": sum(found[key] for key in owners),
        "office": sum(found[key] for key in led),
        "returned": sum(found[key] for key in returned),
        "unclassified": sum(found[key] for key in received),
    }


def _in_scope(actor: Actor, state: str) -> list[str]:
    """Keys that count a state where the actor's posts reach; the county's own where one post covers it all."""
    codes = {post.covers.code for post in actor.posts}
    if any(len(code) == 6 for code in codes):
        return [f"state:{state}"]
    return [f"township:{code[:9]}:{state}" for code in sorted({code[:9] for code in codes})]


def read_words(matter: Matter, *, by: Actor, now: datetime) -> None:
    """Opening the page reads what the resident wrote: on record once in ten minutes."""
    if matter.resident is None or by.official is None:
        return
    recent = matter.resident.readings.filter(
        about=f"matter:{matter.number}", by_name=by.official.name_zh, at__gt=now - READING_HOLDS
    )
    if not recent.exists():
        why = _("查看并办理")
        note_reading(matter.resident, about=f"matter:{matter.number}", fields=_("反映的内容"), why=why, by=by, now=now)


def read_names(found: list[Resident], *, by: Actor, now: datetime) -> None:
    """A search box showed whose names these are: on record with the newest matter of each that this post reaches, once
    in ten minutes, for a search is typed letter by letter."""
    assert by.official is not None  # the gate of every desk page
    why, name = _("登记时查找"), by.official.name_zh
    known = Reading.objects.filter(resident__in=found, why=why, by_name=name, at__gt=now - READING_HOLDS)
    seen = set(known.values_list("resident_id", flat=True))
    numbers = queries.visible_to(by).filter(resident__in=found).order_by("received_at", "pk")
    newest = dict(numbers.values_list("resident_id", "number"))
    opened = [(one.pk, f"matter:{newest[one.pk]}") for one in found if one.pk not in seen]
    note_readings(opened, fields=_("姓名"), why=why, by=by, now=now)


def read_excerpts(found: list[Matter], *, by: Actor, now: datetime) -> None:
    """A search showed some of what was written in these: on record as if each had been opened."""
    if not found:
        return
    assert by.official is not None  # the gate of every desk page
    of_residents = Matter.objects.filter(pk__in=[one.pk for one in found], resident__isnull=False)
    opened = {f"matter:{number}": resident for number, resident in of_residents.values_list("number", "resident_id")}
    known = Reading.objects.filter(
        resident__in=opened.values(), about__in=opened, by_name=by.official.name_zh, at__gt=now - READING_HOLDS
    )
    seen = set(known.values_list("about", flat=True))
    anew = [(resident, about) for about, resident in opened.items() if about not in seen]
    note_readings(anew, fields=_("反映的内容"), why=_("按词查找"), by=by, now=now)
