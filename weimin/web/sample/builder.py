"""Two years of a county, told in the order in which they happened."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.db.models import F

from weimin.kernel.clock import COUNTY_TIME
from weimin.matters.states import State
from weimin.notices.models import Notice
from weimin.notices.states import Delivery

from .afterlives import WholeLife
from .fates import Fate, a_fate
from .sequence import Course
from .words import Plan, read_plans
from .world import World, on_day

DATA = Path(__file__).parent / "data"
FIRST_DAY = date(2024, 11, 24)
LAST_DAY = date(2026, 11, 22)
# How many hundredths of the usual are heard on a weekday, from Monday.
_BY_WEEKDAY = (125, 115, 108, 104, 106, 78, 64)
# Minutes of a day at which people call or write.
HOURS = {
    7: 4,
    8: 10,
    9: 14,
    10: 13,
    11: 9,
    12: 5,
    13: 5,
    14: 9,
    15: 10,
    16: 9,
    17: 6,
    18: 5,
    19: 6,
    20: 5,
    21: 3,
    22: 1,
}
# States to be seen on the last day: how many days before it such a matter begins.
HALTS = {
    State.RECEIVED: (0, 1), State.CLASSIFIED: (2, 5), State.DISPATCHED: (2, 5), State.RETURNED: (5, 9),
    State.HANDLED: (3, 6), State.PAUSED: (6, 10), State.ANSWERED: (4, 12), State.RATED: (14, 24),
    State.APPEALED: (40, 60), State.REFUSED: (6, 30), State.MERGED: (5, 9), State.WITHDRAWN: (6, 30),
    State.CLOSED: (30, 50), State.PUBLISHED: (30, 60),
}  # fmt: skip

Step = Callable[[int], None]


class Lived(Protocol):
    """What has a life: it begins, goes on, and may start others beside it."""

    now: datetime
    spawned: list[Iterator[datetime]]

    def live(self) -> Iterator[datetime]: ...


def tell(*, lives: Iterable[Lived], until: date, step: Step) -> None:
    """Let every life run side by side until the last day; who is not finished by then stays as they are."""
    end = live(lives=lives, until=until, step=step)
    # What was told long ago was sent long ago, or the outbox would send two years of messages at its first start.
    waiting = Notice.objects.filter(state=Delivery.QUEUED, created_at__lt=end - timedelta(days=1))
    waiting.update(state=Delivery.SENT, sent_at=F("created_at"))


def live(*, lives: Iterable[Lived], until: date, step: Step) -> datetime:
    """Each moment in its order, whoever's it is; the last second that is told."""
    end = datetime.combine(until, datetime.max.time().replace(microsecond=0), COUNTY_TIME)
    queue: list[tuple[datetime, int, Iterator[datetime], Lived]] = []
    born = 0
    for life in lives:
        heapq.heappush(queue, (life.now, born, life.live(), life))
        born += 1
    while queue:
        moment, order, way, life = heapq.heappop(queue)
        if moment > end:
            continue
        following = next(way, None)
        step(1)
        for other in life.spawned:
            born += 1
            if (begins := next(other, None)) is not None:
                heapq.heappush(queue, (begins, born, other, life))
        life.spawned.clear()
        if following is not None:
            heapq.heappush(queue, (following, order, way, life))
    return end


def many(world: World, *, matters: int, until: date) -> Iterator[WholeLife]:
    """Plain ones over the two years, some with a neighbour who says the same, and the ones that stop in each state."""
    days = (until - FIRST_DAY).days
    held = max(1, matters // 500)
    shown = [state for state in HALTS for _n in range(held)]
    late = max(2, matters // 90)
    plain = matters - len(shown) - held - late  # what is merged brings the one it is merged into
    weights = {day: weight_of(FIRST_DAY + timedelta(days=day), day / days) for day in range(days + 1)}
    life: WholeLife | None = None
    for n in range(plain):
        course = Course("matter", n)
        if life is not None and course.happens(6):
            yield neighbour_of(world, Course("neighbour", n), life)
            continue
        life = _life(world, course, FIRST_DAY + timedelta(days=course.weighed(weights)), a_fate(course))
        yield life
    for n, state in enumerate(shown):
        course = Course("halt", n)
        life = _life(world, course, until - timedelta(days=course.between(*HALTS[state])), a_fate(course, halt=state))
        yield life
        if state == State.MERGED:
            yield neighbour_of(
                world, Course("halt-main", n), life, fate=a_fate(course, halt=State.HANDLED), earlier=True
            )
    for n in range(late):
        course = Course("late", n)
        begins = until - timedelta(days=course.between(12, 30))
        yield _life(world, course, begins, a_fate(course, halt=State.ANSWERED, late=True))


def weight_of(day: date, share: float) -> float:
    """More on weekdays, a few more each month as people learn of it, fewer while everybody is at the feast."""
    feast = (
        0.45 if (day.month, day.day) in {(10, 1), (10, 2), (1, 28), (1, 29), (1, 30), (2, 16), (2, 17), (2, 18)} else 1
    )
    return _BY_WEEKDAY[day.weekday()] * (0.75 + 0.5 * share) * feast


def _life(world: World, course: Course, day: date, fate: Fate) -> WholeLife:
    plan: Plan = course.weighed({plan: plan.in_season(day.month) for plan in world.plans})
    homes = {place: place.households for place in world.villages if plan.fits(place.name_zh)}
    village = course.weighed(homes)
    start = on_day(day, course.weighed(HOURS) * 60 + course.number(60), course)
    return WholeLife(world, course, plan, village=village, start=start, fate=fate)


def neighbour_of(
    world: World, course: Course, first: WholeLife, *, fate: Fate | None = None, earlier: bool = False
) -> WholeLife:
    """Somebody next door says the same some hours later, or was first."""
    hours = timedelta(minutes=course.between(70, 1900))
    start = first.now - hours if earlier else first.now + hours
    if fate is None:
        fate = a_fate(course)
    return WholeLife(world, course, first.plan, village=first.village, start=start, fate=fate)


def plans() -> list[Plan]:
    return read_plans(DATA / "plans.csv")
