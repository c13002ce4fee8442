"""The honest numbers: shares with their sample and the interval they are sure within. Read from the running counts."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt

from weimin.county.models import Office
from weimin.county.queries import offices_open
from weimin.kernel.clock import county_day
from weimin.matters import queries
from weimin.matters.states import Clock

FEWEST = 10  # below this a share says more about chance than about the office
_Z = 1.959964  # 95 %
MONTHS = 12


@dataclass(frozen=True)
class Share:
    """`hits` of `n`; in per cent with the Wilson interval."""

    hits: int
    n: int

    @property
    def too_few(self) -> bool:
        return self.n < FEWEST

    @property
    def percent(self) -> int:
        return round(100 * self.hits / self.n) if self.n else 0

    @property
    def interval(self) -> tuple[int, int]:
        """Wilson's 95 % score interval, rounded to whole per cent."""
        if not self.n:
            return 0, 100
        p, z2 = self.hits / self.n, _Z * _Z
        middle = (p + z2 / (2 * self.n)) / (1 + z2 / self.n)
        half = _Z * sqrt(p * (1 - p) / self.n + z2 / (4 * self.n * self.n)) / (1 + z2 / self.n)
        return round(100 * max(0.0, middle - half)), round(100 * min(1.0, middle + half))

    @property
    def low(self) -> int:
        return self.interval[0]

    @property
    def high(self) -> int:
        return self.interval[1]


@dataclass(frozen=True)
class Figures:
    """What a county, or one office, did in a span of months."""

    received: int
    answered: int
    on_time: Share
    satisfied: Share
    resolved: Share
    rate_of_answers: Share  # how many of the answered were rated at all


@dataclass(frozen=True)
class Month:
    first: date
    figures: Figures


def _months(now: datetime) -> list[date]:
    """The first days of the last twelve months, oldest first, the present one included."""
    day = county_day(now)
    counted = [day.year * 12 + day.month - 1 - back for back in range(MONTHS)]
    return [date(n // 12, n % 12 + 1, 1) for n in reversed(counted)]


def _figures(counts: Counter[str], late: int) -> Figures:
    answered, rated = counts["answered"], counts["rated"]
    return Figures(
        received=counts["received"],
        answered=answered,
        on_time=Share(counts["answered_on_time"], answered + late),
        satisfied=Share(counts["satisfied"], rated),
        resolved=Share(counts["resolved"], rated),
        rate_of_answers=Share(min(rated, answered), answered),
    )


def by_month(*, now: datetime) -> list[Month]:
    """Each of the last twelve months by itself. What is late now is counted in the year, not in a month."""
    kept: dict[str, Counter[str]] = {}
    for key, n in queries.tallies_under("month:").items():
        _word, month, act = key.split(":")
        kept.setdefault(month, Counter())[act] = n
    return [Month(first, _figures(kept.get(f"{first:%y%m}", Counter()), 0)) for first in _months(now)]


def of_the_year(*, now: datetime) -> Figures:
    """The county over twelve months. Who is late and still unanswered counts against us."""
    total: Counter[str] = Counter()
    wanted = {f"{first:%y%m}" for first in _months(now)}
    for key, n in queries.tallies_under("month:").items():
        _word, month, act = key.split(":")
        if month in wanted:
            total[act] += n
    return _figures(total, queries.overdue(now=now).filter(clock=Clock.ANSWER).count())


def by_office(*, now: datetime) -> list[tuple[Office, Figures]]:
    """Each office that answered or is late, by its code: not a ranking."""
    wanted = {f"{first:%y%m}" for first in _months(now)}
    kept: dict[int, Counter[str]] = {}
    for key, n in queries.tallies_under("office_month:").items():
        _word, office, month, act = key.split(":")
        if month in wanted:
            kept.setdefault(int(office), Counter())[act] += n
    late = Counter(queries.overdue(now=now).filter(clock=Clock.ANSWER).values_list("lead_id", flat=True))
    return [
        (office, _figures(kept.get(office.pk, Counter()), late[office.pk]))
        for office in offices_open()
        if office.pk in kept or late[office.pk]
    ]
