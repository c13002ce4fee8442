"""Who lives when: matters spread over the years, and some that stand in each state on the last day."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import Generic, TypeVar

from weimin.county.models import Place
from weimin.matters.states import State
from weimin.web.sample.afterlives import WholeLife
from weimin.web.sample.builder import HALTS, HOURS, neighbour_of, weight_of
from weimin.web.sample.fates import Fate, a_fate
from weimin.web.sample.lives import Life
from weimin.web.sample.sequence import Course
from weimin.web.sample.words import Plan
from weimin.web.sample.world import on_day

from .ground import Ground

FEWEST = 60  # fewer could not stand in every state
_HELD_OF = 5000  # one matter of so many is held in each state
_NEIGHBOURS = 6  # of a hundred who say what somebody next door has said


T = TypeVar("T")


class Weighed(Generic[T]):
    """One of many by weight, found in few steps: the sums are made once."""

    def __init__(self, options: dict[T, float]) -> None:
        self._options, self._sums = list(options), list(accumulate(options.values()))

    def at(self, share: float) -> T:
        return self._options[min(bisect_right(self._sums, share * self._sums[-1]), len(self._options) - 1)]

    def by(self, course: Course) -> T:
        return self.at(course.number(1_000_000) / 1_000_000)


@dataclass(frozen=True)
class Story:
    """How many matters from which day to which. The n-th is the same matter on every machine."""

    matters: int
    first: date
    until: date

    @property
    def held(self) -> int:
        """How many stand still in each state on the last day; what is merged brings the one it is merged into."""
        return max(1, self.matters // _HELD_OF)

    @property
    def plain(self) -> int:
        return self.matters - self.held * (len(HALTS) + 1)


class Telling:
    """Makes the lives of one stretch. Stretches follow each other in time and know nothing of one another."""

    def __init__(self, story: Story, ground: Ground) -> None:
        self.story, self.ground = story, ground
        days = (story.until - story.first).days
        self._days = Weighed({day: weight_of(story.first + timedelta(days=day), day / days) for day in range(days + 1)})
        self._plans = cache(self._plans_of)
        self._homes = cache(self._homes_of)

    def plain(self, start: int, end: int) -> Iterator[Life]:
        """The matters from the start-th up to, not with, the end-th."""
        before: WholeLife | None = None
        for n in range(start, end):
            course = Course("grown", n)
            if before is not None and course.happens(_NEIGHBOURS):
                yield neighbour_of(self.ground, Course("grown-neighbour", n), before)
                continue
            day = self.story.first + timedelta(days=self._days.at(n / self.story.plain))
            before = self._life(course, day, a_fate(course))
            yield before

    def held(self) -> Iterator[Life]:
        """Some in every state, begun in the last weeks."""
        for state in HALTS:
            for n in range(self.story.held):
                course = Course("grown-held", state, n)
                begins = self.story.until - timedelta(days=course.between(*HALTS[state]))
                life = self._life(course, begins, a_fate(course, halt=state))
                yield life
                if state == State.MERGED:
                    main = Course("grown-held-main", n)
                    yield neighbour_of(self.ground, main, life, fate=a_fate(main, halt=State.HANDLED), earlier=True)

    def _life(self, course: Course, day: date, fate: Fate) -> WholeLife:
        plan = self._plans(day.month).by(course)
        village = self._homes(plan.where).by(course)
        start = on_day(day, course.weighed(HOURS) * 60 + course.number(60), course)
        return WholeLife(self.ground, course, plan, village=village, start=start, fate=fate)

    def _plans_of(self, month: int) -> Weighed[Plan]:
        return Weighed({plan: plan.in_season(month) for plan in self.ground.plans})

    def _homes_of(self, where: str) -> Weighed[Place]:
        plan = next(plan for plan in self.ground.plans if plan.where == where)
        return Weighed({place: place.households for place in self.ground.villages if plan.fits(place.name_zh)})
