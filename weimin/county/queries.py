"""Questions about places, offices and posts. Nothing here writes."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import cos, radians
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from weimin.kernel.calendar import Calendar
from weimin.kernel.clock import county_day, end_of_day
from weimin.kernel.kept import Kept, KeptRows

from .models import ApiToken, Holding, Leave, Office, Official, Place, Post
from .models.places import Level
from .shared.models import CalendarDay, CalendarYear
from .together import prepared_cursor


def _held_on(day: date) -> Q:
    return Q(from_on__lte=day) & (Q(to_on__isnull=True) | Q(to_on__gte=day))


def _away_on(day: date, holder: str) -> Exists:
    return Exists(Leave.objects.filter(official=OuterRef(holder), from_on__lte=day, to_on__gte=day))


# A holding `h` in force on `today.day`, whose holder is not on leave: asked at every request, so it is written out.
PRESENT = """
    h.from_on <= today.day AND (h.to_on IS NULL OR h.to_on >= today.day) AND NOT EXISTS (
        SELECT 1 FROM county_leave l
        WHERE l.official_id = h.official_id AND l.from_on <= today.day AND l.to_on >= today.day)
"""
_ACTING_ON = f"""
    WITH today AS (SELECT %s AS day),
    mine AS (SELECT h.post_id FROM county_holding h, today WHERE h.official_id = %s AND {PRESENT})
    SELECT {", ".join(f"p.{field.column}" for field in Post._meta.concrete_fields)} FROM county_post p
    WHERE p.retired_on IS NULL AND (
        p.id IN (SELECT post_id FROM mine)
        OR p.stand_in_id IN (SELECT post_id FROM mine)
            AND NOT EXISTS (SELECT 1 FROM county_holding h, today WHERE h.post_id = p.id AND {PRESENT}))
    ORDER BY p.code
"""  # noqa: S608 -- made of the text above and the columns of a post


def posts_acting(official: Official, *, now: datetime) -> list[Post]:
    """Posts the official acts on today: their own unless on leave, and those they stand in for.

    A post is stood in for (AB岗) when its holder is on leave or it has no holder.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_ACTING_ON, [connection.ops.adapt_datefield_value(county_day(now)), official.pk])
        return [_post_of(row) for row in cursor.fetchall()]


def _post_of(row: Sequence[Any]) -> Post:
    said = dict(zip((field.attname for field in Post._meta.concrete_fields), row, strict=True))
    post = Post.from_db(None, list(said), list(said.values()))
    post.duties = json.loads(said["duties"])
    post.office, post.covers = offices_by_key.row(post.office_id), places_by_key.row(post.covers_id)
    return post


def holder_of(post: Post, *, now: datetime) -> Official | None:
    """Who acts on the post now: its holder, or the holder of its stand-in post while the holder is away."""
    day = county_day(now)
    for candidate in filter(None, (post.pk, post.stand_in_id)):
        holding = (
            Holding.objects.filter(_held_on(day), ~_away_on(day, "official"), post_id=candidate)
            .select_related("official")
            .order_by("-from_on", "-pk")
            .first()
        )
        if holding:
            return holding.official
    return None


def posts_of_those_called(beginning: str, *, now: datetime) -> list[int]:
    """Keys of the posts that are held today by officials whose name, its sounds or its initials begin so."""
    name = Q(official__name_zh__startswith=beginning) | Q(official__pinyin__startswith=beginning)
    name |= Q(official__pinyin__contains=f" {beginning}")
    return list(Holding.objects.filter(_held_on(county_day(now)), name).values_list("post_id", flat=True))


def posts_without_anyone(*, now: datetime, leaving: Holding | None = None) -> QuerySet[Post]:
    """Posts nobody acts on: no present holder, and no present holder of the stand-in. The warning list.

    With `leaving`, as it would be without that holding.
    """
    day = county_day(now)
    manned = Holding.objects.filter(_held_on(day), ~_away_on(day, "official"))
    if leaving is not None:
        manned = manned.exclude(pk=leaving.pk)
    return (
        Post.objects.filter(retired_on__isnull=True)
        .exclude(Exists(manned.filter(post=OuterRef("pk"))))
        .exclude(Exists(manned.filter(post=OuterRef("stand_in"))))
        .order_by("code")
    )


def posts_left_empty(holding: Holding, *, to_on: date) -> QuerySet[Post]:
    """Which posts nobody would act on from the day after, if the holding ended on this day: its own, and those it
    stands in for."""
    # The day of a moment is what counts: one second after the last day ends is the first day without them.
    after = end_of_day(to_on) + timedelta(seconds=1)
    touched = Q(pk=holding.post_id) | Q(stand_in_id=holding.post_id)
    return posts_without_anyone(now=after, leaving=holding).filter(touched).select_related("office")


def posts_without_stand_in() -> QuerySet[Post]:
    """Posts that would stand empty the day their holder is ill."""
    return Post.objects.filter(retired_on__isnull=True, stand_in__isnull=True).order_by("code")


@dataclass(frozen=True)
class PostLine:
    """A post as the table of posts shows it today."""

    post: Post
    holder: Official | None
    away_until: date | None
    acting: Official | None  # who acts in fact: the holder, or the stand-in's while the holder is away

    @property
    def warnings(self) -> list[str]:
        """EMPTY: nobody acts on it. NO_STAND_IN: it would stand empty the day its holder is ill."""
        if self.post.retired_on is not None:
            return []
        empty, alone = self.acting is None, self.post.stand_in_id is None
        return [word for word, true in (("EMPTY", empty), ("NO_STAND_IN", alone)) if true]


def post_lines(*, now: datetime) -> list[PostLine]:
    """Every post with who holds it today. Three statements, however many posts."""
    day = county_day(now)
    holders: dict[int, Official] = {}
    for holding in Holding.objects.filter(_held_on(day)).select_related("official").order_by("from_on", "pk"):
        holders[holding.post_id] = holding.official
    away = dict(
        Leave.objects.filter(from_on__lte=day, to_on__gte=day).order_by("to_on").values_list("official_id", "to_on")
    )
    posts = Post.objects.select_related("office", "covers", "superior__office", "stand_in__office")
    return [_post_line(post, holders, away) for post in posts.defer("covers__outline").order_by("code")]


def _post_line(post: Post, holders: dict[int, Official], away: dict[int, date]) -> PostLine:
    holder = holders.get(post.pk)
    candidates = (holder, holders.get(post.stand_in_id or 0))
    acting = next((person for person in candidates if person is not None and person.pk not in away), None)
    return PostLine(post, holder, away.get(holder.pk) if holder else None, acting)


def holdings_of(post: Post) -> QuerySet[Holding]:
    """Who held the post, the latest first."""
    return Holding.objects.filter(post=post).select_related("official").order_by("-from_on", "-pk")


def officials_known(*, now: datetime) -> QuerySet[Official]:
    """Everybody on the list, with the posts they hold today as `held` and their leave today as `away`."""
    day = county_day(now)
    held = Holding.objects.filter(_held_on(day)).select_related("post__office").order_by("post__code")
    away = Leave.objects.filter(from_on__lte=day, to_on__gte=day).order_by("to_on")
    return (
        Official.objects.select_related("account")
        .prefetch_related(Prefetch("holdings", held, to_attr="held"), Prefetch("leaves", away, to_attr="away"))
        .order_by("pinyin", "pk")
    )


def held_by(official: Official, *, now: datetime) -> QuerySet[Post]:
    """The posts somebody holds today, on leave or not."""
    held = Holding.objects.filter(_held_on(county_day(now)), official=official, post=OuterRef("pk"))
    return Post.objects.filter(Exists(held), retired_on__isnull=True).select_related("office", "stand_in__office")


def leave_ahead(official: Official, *, now: datetime) -> QuerySet[Leave]:
    """Leave that is running or still to come."""
    return Leave.objects.filter(official=official, to_on__gte=county_day(now)).order_by("from_on")


def place_by_code(code: str) -> Place | None:
    return places_open().get(code)


def offices_open() -> QuerySet[Office]:
    found = Office.objects.filter(retired_on__isnull=True).select_related("place").defer("place__outline")
    return found.order_by("code")


def offices_known(words: str) -> QuerySet[Office]:
    """Every office, retired ones last, with how many posts in use it has; or those that hold every word."""
    found = Office.objects.select_related("place", "superior").defer("place__outline")
    for word in words.split()[:6]:
        found = found.filter(
            Q(code__icontains=word)
            | Q(name_zh__icontains=word)
            | Q(name_en__icontains=word)
            | Q(pinyin__icontains=word.lower())
        )
    in_use = Count("posts", filter=Q(posts__retired_on__isnull=True))
    return found.annotate(n_posts=in_use).order_by(F("retired_on").asc(nulls_first=True), "code")


@dataclass(frozen=True)
class KeyLine:
    """A key as the table of keys shows it: IN_FORCE, EXPIRED or REVOKED."""

    token: ApiToken
    state: str


def key_lines(*, now: datetime) -> list[KeyLine]:
    """Every key, those in force first, the newest before the older."""
    tokens = ApiToken.objects.select_related("post__office").order_by("-created_at", "-pk")
    lines = [KeyLine(token, _key_state(token, now)) for token in tokens]
    return sorted(lines, key=lambda line: line.state != "IN_FORCE")


def _key_state(token: ApiToken, now: datetime) -> str:
    if token.revoked_at is not None:
        return "REVOKED"
    return "EXPIRED" if token.expires_at is not None and token.expires_at <= now else "IN_FORCE"


def years_entered() -> list[CalendarYear]:
    """The published years, the newest first, each with how many days differ from the plain week as `n_days`."""
    counts: Counter[int] = Counter(day.year for day in CalendarDay.objects.values_list("day", flat=True))
    years = list(CalendarYear.objects.order_by("-year"))
    for year in years:
        year.n_days = counts[year.year]  # type: ignore[attr-defined]
    return years


def year_entered(year: int) -> CalendarYear | None:
    return CalendarYear.objects.filter(year=year).first()


def _read_calendar() -> Calendar:
    rows = list(CalendarDay.objects.order_by("day"))
    return Calendar(
        days={row.day: row.works for row in rows},
        names={row.day: (row.name_zh, row.name_en) for row in rows},
        published_years=frozenset(CalendarYear.objects.values_list("year", flat=True)),
    )


def _read_posts() -> list[Post]:
    posts = Post.objects.filter(retired_on__isnull=True).select_related("office", "covers").order_by("code")
    return list(posts.defer("covers__outline"))  # a county's outline is long


def _read_places() -> dict[int, Place]:
    rows = Place.objects.defer("outline").in_bulk()
    for place in rows.values():
        if place.parent_id is not None:
            place.parent = rows[place.parent_id]
    return rows


def _open_by_key() -> dict[int, Post]:
    return {post.pk: post for post in posts_open()}


def _places_by_code() -> dict[str, Place]:
    return {place.code: place for place in places_by_key().values() if place.retired_on is None}


# Asked for at every request. Whoever changes one is asked to forget them all: services/gate.py.
calendar = Kept(_read_calendar, seconds=60)  # the official calendar as entered, for the clocks of the kernel
posts_open = Kept(_read_posts, seconds=5)  # in the order of their codes, with office and covered place
posts_open_by_key = Kept(_open_by_key, seconds=5)
places_by_key = KeptRows(_read_places, seconds=5)  # retired ones too, each with the place around it
places_open = Kept(_places_by_code, seconds=5)
posts_by_key = KeptRows(lambda: Post.objects.select_related("office").in_bulk(), seconds=5)  # retired ones too
offices_by_key = KeptRows(lambda: Office.objects.in_bulk(), seconds=5)  # retired ones too
officials_by_key = KeptRows(lambda: Official.objects.only("name_zh", "name_en").in_bulk(), seconds=5)  # names alone


def notice_of(year: int) -> list[CalendarDay]:
    """The days of a year that differ from the plain week, as they were entered."""
    return list(CalendarDay.objects.filter(day__year=year).order_by("day"))


def nearest_place(lat: Decimal, long: Decimal) -> Place | None:
    """The village nearest to a position. A county is small: a flat distance is enough to choose among its villages."""
    villages = Place.objects.filter(level=Level.VILLAGE, retired_on__isnull=True, lat__isnull=False, long__isnull=False)
    squeeze = Decimal(str(cos(radians(float(lat)))))

    def distance(place: Place) -> Decimal:
        assert place.lat is not None and place.long is not None
        return (place.lat - lat) ** 2 + ((place.long - long) * squeeze) ** 2

    return min(villages, key=distance, default=None)
