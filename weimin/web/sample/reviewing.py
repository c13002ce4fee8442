"""The offices of the sample county keep their knowledge base: most articles are reviewed, a few are forgotten."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from weimin.catalogue.models import Article
from weimin.catalogue.queries import articles_open
from weimin.catalogue.services import confirm_article

from .builder import FIRST_DAY
from .sequence import Course
from .world import World, on_day

FORGOTTEN = 11  # one of so many stands past its review date on the last day
HOLDS = timedelta(days=365)


class Reviewing:
    """Each article is confirmed once in the year before the last day, at an office's working hour."""

    def __init__(self, world: World, until: date) -> None:
        self.world = world
        days = [(self._day(n, until), n, article) for n, article in enumerate(articles_open())]
        self.days: list[tuple[datetime, int, Article]] = sorted(days, key=lambda day: day[:2])
        self.now = self.days[0][0]
        self.spawned: list[Iterator[datetime]] = []

    def _day(self, n: int, until: date) -> datetime:
        course = Course("review", n)
        ago = course.between(370, 400) if n % FORGOTTEN == FORGOTTEN - 1 else course.between(5, 330)
        day = max(until - timedelta(days=ago), FIRST_DAY)
        return self.world.at_work(on_day(day, course.between(540, 1000), course), course)

    def live(self) -> Iterator[datetime]:
        for now, n, article in self.days:
            yield now
            who = self.world.handler(article.office_id, Course("reviewer", n))
            confirm_article(article, valid_until=now.date() + HOLDS, by=who, now=now)
