"""Who and what the lives of matters meet: kinds, places, posts with their holders, and working time."""

from datetime import date, datetime, time, timedelta

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import kinds_open
from weimin.county import queries
from weimin.county.actors import Actor
from weimin.county.models import Holding, Place
from weimin.county.models.places import Level
from weimin.households.models import Resident
from weimin.kernel.clock import COUNTY_TIME, county_day
from weimin.matters.models import Matter

from .sequence import Course
from .words import Plan

COUNTY_CODE = "990101"
_A_DAY = timedelta(days=1)


class World:
    """Read once before the first matter; nothing in it changes while the two years are told."""

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
