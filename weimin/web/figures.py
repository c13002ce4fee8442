"""The honest numbers: shares with their sample and the interval they are sure within. Read from the running counts."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt

from weimin.county.models import Office
from weimin.county.queries import offices_open
from weimin.kernel.clock import county_day
from weimin.matters import queries, tallies
from weimin.matters.late import late as late_by_kept
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
class Change:
    """A share of the last six months against the six before. A difference that chance explains is no change."""

    before: Share
    after: Share

    @property
    def too_few(self) -> bool:
        return self.before.too_few or self.after.too_few

    @property
    def direction(self) -> str:
        """up, down or flat: Newcombe's 95 % interval of the difference, made of both Wilson intervals."""
        if self.too_few:
            return "flat"
        (low, high), (low_before, high_before) = self.after.interval, self.before.interval
        now, was = self.after.percent, self.before.percent
        if now - was > sqrt((now - low) ** 2 + (high_before - was) ** 2):
            return "up"
        if was - now > sqrt((high - now) ** 2 + (was - low_before) ** 2):
            return "down"
        return "flat"


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
    return _each_month(queries.tallies_under("month:"), now)


def by_month_of(office: Office, *, now: datetime) -> list[Month]:
    """The same for what one office led."""
    return _each_month(queries.tallies_under(f"office_month:{office.pk}:"), now)


def _each_month(counts: dict[str, int], now: datetime) -> list[Month]:
    kept: dict[str, Counter[str]] = {}
    for key, n in counts.items():
        _rest, month, act = key.rsplit(":", 2)
        kept.setdefault(month, Counter())[act] = n
    return [Month(first, _figures(kept.get(f"{first:%y%m}", Counter()), 0)) for first in _months(now)]


def together(months: list[Month], *, late: int = 0) -> Figures:
    """Several months as one. Who is late and still unanswered counts against us."""
    each = [month.figures for month in months]
    answered = sum(one.answered for one in each)
    rated = sum(one.satisfied.n for one in each)
    return Figures(
        received=sum(one.received for one in each),
        answered=answered,
        on_time=Share(sum(one.on_time.hits for one in each), answered + late),
        satisfied=Share(sum(one.satisfied.hits for one in each), rated),
        resolved=Share(sum(one.resolved.hits for one in each), rated),
        rate_of_answers=Share(min(rated, answered), answered),
    )


def changes(months: list[Month]) -> dict[str, Change]:
    """How the three numbers moved: the younger half of the months against the older."""
    half = len(months) // 2
    before, after = together(months[:half]), together(months[half:])
    names = ("on_time", "satisfied", "resolved")
    return {name: Change(getattr(before, name), getattr(after, name)) for name in names}


def late_now(*, now: datetime) -> Counter[int | None]:
    """Matters past their answer date and still unanswered, by the key of their office; `total()` for the county."""
    found: Counter[int | None] = Counter()
    for (lead, _state, running), n in late_by_kept(now=now).items():
        if running == Clock.ANSWER:
            found[lead] += n
    return found


def of_the_year(*, now: datetime) -> Figures:
    """The county over twelve months."""
    return together(by_month(now=now), late=late_now(now=now).total())


def by_office(*, now: datetime, late: Counter[int | None]) -> list[tuple[Office, Figures]]:
    """Each office that answered or is late, by its code: not a ranking. `late` is what `late_now` says."""
    first, *_between, last = (f"{month:%y%m}" for month in _months(now))
    offices, kept = list(offices_open()), dict[int, Counter[str]]()
    for office, _month, act, n in tallies.of_offices([office.pk for office in offices], first=first, last=last):
        kept.setdefault(office, Counter())[act] += n
    return [
        (office, _figures(kept.get(office.pk, Counter()), late[office.pk]))
        for office in offices
        if office.pk in kept or late[office.pk]
    ]
