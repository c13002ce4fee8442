"""What the lives of a grown county meet: the sample's world, with every rule asked once and then remembered."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from weimin.catalogue.models import Kind, Route, TimeRule
from weimin.catalogue.queries import lineage, prefixes
from weimin.county.duties import Duty
from weimin.county.models import Place, Post
from weimin.households.models import Resident
from weimin.kernel.clock import county_day
from weimin.kernel.limits import Limit
from weimin.matters import clocks, queries
from weimin.matters.models import Matter
from weimin.matters.states import Clock
from weimin.web.sample.sequence import Course
from weimin.web.sample.words import Plan
from weimin.web.sample.world import Asking, World

from .people import People


class Ground(World):
    """Rules, posts and dates do not change while a county is grown, so each question reaches the database once."""

    def __init__(self, plans: list[Plan], people: People) -> None:
        super().__init__(plans)
        self.register = people
        self._dates = clocks.Dates()
        self._rules = list(TimeRule.objects.order_by("-from_on"))
        self._all_routes = list(Route.objects.select_related("lead", "kind", "place").prefetch_related("supporting"))
        self.rule = cache(self._rule)
        self._posts: dict[tuple[Duty, str], Post | None] = {}

    def route(self, kind: Kind, place: Place, *, on: date) -> Route | None:
        """`route_for`, out of memory: the most specific kind wins, then the most specific place."""
        kinds, places = lineage(kind), prefixes(place)
        spot = (kind.pk, place.pk)
        if spot not in self._routes:
            fitting = [
                route for route in self._all_routes if route.kind_id in kinds and route.place.code in places
                and route.from_on <= on and (route.to_on is None or on <= route.to_on)
            ]  # fmt: skip
            self._routes[spot] = min(
                fitting, key=lambda route: (kinds.index(route.kind_id), places.index(route.place.code)), default=None
            )
        return self._routes[spot]

    def _rule(self, code: str, on: date) -> Limit:
        """`time_rule`, out of memory: the latest that is in force."""
        return next(
            rule.limit for rule in self._rules
            if rule.code == code and rule.from_on <= on and (rule.to_on is None or on <= rule.to_on)
        )  # fmt: skip

    # --- dates -------------------------------------------------------------------------------------------------

    def due(self, start: datetime, limit: Limit) -> datetime:
        return self._dates.due(start, limit).due

    def running(self, clock: Clock, *, start: datetime, limit: Limit) -> dict[str, Any]:
        """The columns of a clock that starts now, without pauses or extension."""
        return self._dates.running(clock, start=start, limit=limit)

    def next_escalation(self, matter: Matter) -> datetime:
        assert matter.clock_due_at is not None
        moment = matter.clock_due_at
        for _step in range(matter.escalated):
            moment = self.due(moment, self.rule("ESCALATE_STEP", county_day(moment)))
        return moment + timedelta(seconds=1)

    # --- people ------------------------------------------------------------------------------------------------

    def post_for_duty(self, duty: Duty, place: Place) -> Post | None:
        key = (duty, place.code)
        if key not in self._posts:
            self._posts[key] = queries.post_for_duty(duty, place)
        return self._posts[key]

    def who_asks(self, course: Course) -> Asking:
        """Anybody of the register; nobody is asked twice as often as another."""
        known = self.register.person(course.number(self.register.count))
        return Asking(known.name, known.phone, known)

    def remember(self, who: Asking, resident: Resident) -> None:
        """The register knows everybody already."""
