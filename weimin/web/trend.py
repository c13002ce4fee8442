"""A share month by month as a small picture drawn here: a line, the interval it is sure within, sample sizes, words.

Drawn on the server, so that it costs no script, prints, and stands without JavaScript. Its table stands beneath it.
"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from .figures import Share

# Units of the picture, as trend.html lays it out. At 360 px one is a little less than a pixel: no letter under 11 px.
WIDTH, TOP, BOTTOM, LEFT, RIGHT = 340, 22, 150, 30, 30


@dataclass(frozen=True)
class Point:
    """One month that has enough to show."""

    first: date
    share: Share
    x: float
    y: float
    low_y: float
    high_y: float

    @property
    def word_y(self) -> float:
        """Where its number stands: beneath the band, or above it where there is no room beneath."""
        return self.low_y + 15 if self.low_y + 15 < BOTTOM else self.high_y - 6


@dataclass(frozen=True)
class Tick:
    """What stands beneath each month: its number, and how many it rests on."""

    first: date
    n: int
    x: float
    month_shown: bool  # every other month says its name, the last one among them
    sample_shown: bool  # numbers of four digits would touch, so every other one is left out


@dataclass(frozen=True)
class Picture:
    points: list[Point]
    ticks: list[Tick]
    lines: list[str]  # one for each run of months without a gap
    bands: list[str]

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def last(self) -> Point:
        return self.points[-1]


def picture(shares: list[tuple[date, Share]]) -> Picture | None:
    """None where fewer than two months have enough: a single point is no trend."""
    step = (WIDTH - LEFT - RIGHT) / max(1, len(shares) - 1)
    at = [(place, first, share) for place, (first, share) in enumerate(shares)]
    points = {place: _point(first, share, LEFT + step * place) for place, first, share in at if not share.too_few}
    if len(points) < 2:
        return None
    runs = _runs(points)
    wide = max(share.n for _first, share in shares) > 999
    return Picture(
        points=list(points.values()),
        ticks=[
            Tick(first, share.n, round(LEFT + step * place, 1), place % 2 == 1, place % 2 == 1 or not wide)
            for place, first, share in at
        ],
        lines=[" ".join(f"{point.x},{point.y}" for point in run) for run in runs],
        bands=[_band(run) for run in runs],
    )


def _point(first: date, share: Share, x: float) -> Point:
    low, high = share.interval
    return Point(first, share, round(x, 1), _y(share.percent), _y(low), _y(high))


def _y(percent: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * percent / 100, 1)


def _runs(points: dict[int, Point]) -> list[list[Point]]:
    """Months in a row: over a month with too few no line is drawn, for nothing is known of it."""
    rows = groupby(enumerate(points), key=lambda pair: pair[1] - pair[0])
    return [[points[place] for _at, place in run] for _key, run in rows]


def _band(run: list[Point]) -> str:
    above = [f"{point.x},{point.high_y}" for point in run]
    beneath = [f"{point.x},{point.low_y}" for point in reversed(run)]
    return " ".join(above + beneath)
