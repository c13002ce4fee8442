"""Who and what the lives of matters meet: kinds, places, posts with their holders, and working time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from weimin.catalogue.models import Kind, Route
from weimin.catalogue.queries import kinds_open, route_for
from weimin.county import queries
from weimin.county.actors import Actor
from weimin.county.models import Holding, Place, Post
from weimin.county.models.places import Level
from weimin.households.models import Resident
from weimin.kernel.clock import COUNTY_TIME, county_day
from weimin.matters import clocks, journey
from weimin.matters import queries as about_matters
from weimin.matters.models import Matter

from .sequence import Course
from .words import Plan, a_name, a_phone

COUNTY_CODE = "990101"
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asking:
    """Who is about to say something, and their record if the county has met them."""

    name: str
    phone: str
    known: Resident | None = None


class World:
    """Read once before the first matter; nothing in it changes while the years are told."""

    verbs: Any = journey  # or what writes down the same for many matters at once

    def __init__(self, plans: list[Plan]) -> None:
        self.plans = plans
        self.calendar = queries.calendar()
        self.kinds: dict[str, Kind] = {kind.code: kind for kind in kinds_open()}
        self.villages = list(Place.objects.filter(level=Level.VILLAGE).select_related("parent").order_by("code"))
        self.groups: dict[int, list[Place]] = {}
        for group in Place.objects.filter(level=Level.GROUP).order_by("code"):
            self.groups.setdefault(group.parent_id or 0, []).append(group)
        self.people: dict[str, Resident] = {}
        self.open_at: dict[tuple[str, int], Matter] = {}  # the last open matter of a kind in a village
        self._lines: dict[int, list[Post]] = {}
        self._routes: dict[tuple[int, int], Route | None] = {}
        self._actors: dict[str, Actor] = {}
        self._handlers: dict[int, list[str]] = {}
        for holding in Holding.objects.select_related("post__office", "post__covers", "official").order_by(
            "post__code"
        ):
            post = holding.post
            self._actors[post.code] = Actor(kind="official", posts=(post,), official=holding.official)
            if "HANDLE" in post.duties:
                self._handlers.setdefault(post.office_id, []).append(post.code)

    def post(self, code: str) -> Actor:
        return self._actors[code]

    def handler(self, office_id: int, course: Course) -> Actor:
        return self._actors[course.pick(self._handlers[office_id])]

    def above(self, actor: Actor) -> Actor:
        """The head of the office."""
        superior = actor.posts[0].superior
        return self._actors[superior.code] if superior else actor

    def line_above(self, post: Post) -> list[Post]:
        if post.pk not in self._lines:
            self._lines[post.pk] = about_matters.line_above(post)
        return self._lines[post.pk]

    def route(self, kind: Kind, place: Place, *, on: date) -> Route | None:
        """The catalogue's route; the same on every day that is told."""
        spot = (kind.pk, place.pk)
        if spot not in self._routes:
            self._routes[spot] = route_for(kind, place, on=on)
        return self._routes[spot]

    def next_escalation(self, matter: Matter) -> datetime:
        return clocks.next_escalation(matter)

    def who_asks(self, course: Course) -> Asking:
        """Somebody new, or somebody who writes once more."""
        name, phone = a_name(course), a_phone(course)
        if course.happens(15) and self.people:
            name = course.pick(list(self.people))
        return Asking(name, phone, self.people.get(name))

    def remember(self, who: Asking, resident: Resident) -> None:
        self.people[who.name] = resident

    def clerk_at(self, place: Place, course: Course) -> Actor:
        """Who takes it in by phone or at the counter: the township's own clerk, or the hotline."""
        own = self._actors.get(f"T{place.code[6:9]}-3")
        return own if own and course.happens(70) else self.post(course.pick(["RX-11", "RX-12", "RX-13", "RX-13"]))

    def sorter_of(self, matter: Matter) -> Actor:
        """Who classifies and sends on: the post that owns it if it may, else the hotline's dispatcher."""
        owner = self._actors.get(matter.owner.code) if matter.owner else None
        return owner if owner and {"CLASSIFY", "DISPATCH"} <= owner.duties else self.post("RX-12")

    def at_work(self, moment: datetime, course: Course) -> datetime:
        """The same moment if offices are open, else some time after they open next."""
        moment = moment.astimezone(COUNTY_TIME)
        day = county_day(moment)
        if self.calendar.is_working_day(day) and time(8, 55) < moment.time() < time(17, 30):
            return moment
        if moment.time() >= time(17, 30):
            day += _A_DAY
        while not self.calendar.is_working_day(day):
            day += _A_DAY
        return on_day(day, 9 * 60 + course.number(100), course)


def on_day(day: date, minute: int, course: Course) -> datetime:
    """A moment of a county day, to the second."""
    return datetime.combine(day, time(minute // 60, minute % 60, course.number(60)), COUNTY_TIME)
