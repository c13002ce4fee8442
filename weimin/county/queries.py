"""Questions about places, offices and posts. Nothing here writes."""

from datetime import date, datetime
from decimal import Decimal
from math import cos, radians

from django.db.models import Exists, OuterRef, Q, QuerySet

from weimin.kernel.calendar import Calendar
from weimin.kernel.clock import county_day
from weimin.kernel.kept import Kept

from .models import ApiToken, Holding, Leave, Office, Official, Place, Post
from .models.places import Level
from .shared.models import CalendarDay, CalendarYear


def _held_on(day: date) -> Q:
    return Q(from_on__lte=day) & (Q(to_on__isnull=True) | Q(to_on__gte=day))


def _away_on(day: date, holder: str) -> Exists:
    return Exists(Leave.objects.filter(official=OuterRef(holder), from_on__lte=day, to_on__gte=day))


def posts_acting(official: Official, *, now: datetime) -> QuerySet[Post]:
    """Posts the official acts on today: their own unless on leave, and those they stand in for.

    A post is stood in for (AB岗) when its holder is on leave or it has no holder.
    """
    day = county_day(now)
    mine = Holding.objects.filter(_held_on(day), official=official)
    present = mine.filter(~_away_on(day, "official"))
    manned = Holding.objects.filter(_held_on(day), ~_away_on(day, "official"), post=OuterRef("pk"))
    own = Q(holdings__in=present)
    stood_in = Q(stand_in__holdings__in=present) & ~Exists(manned)
    return (
        Post.objects.filter(own | stood_in, retired_on__isnull=True)
        .select_related("office", "covers")
        .defer("covers__outline")  # asked at every request; a county's outline is long
        .distinct()
        .order_by("code")
    )


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


# Who acts on a post on a day, as `holder_of` says it: asked at every request of a program, so it costs one statement.
_ACTING = """(
    SELECT h.official_id FROM county_holding h
    WHERE h.post_id = {post} AND h.from_on <= %(day)s AND (h.to_on IS NULL OR h.to_on >= %(day)s)
      AND NOT EXISTS (
        SELECT 1 FROM county_leave l
        WHERE l.official_id = h.official_id AND l.from_on <= %(day)s AND l.to_on >= %(day)s)
    ORDER BY h.from_on DESC, h.id DESC LIMIT 1
)"""
_TOKEN = f"""
    SELECT t.*, coalesce({_ACTING.format(post="t.post_id")}, {_ACTING.format(post="p.stand_in_id")}) AS holder
    FROM county_apitoken t LEFT JOIN county_post p ON p.id = t.post_id
    WHERE t.digest = %(digest)s AND t.use = %(use)s
"""  # noqa: S608 -- made of the two texts above


def token_with_holder(digest: str, use: str, *, now: datetime) -> ApiToken | None:
    """The key of this digest; its `holder` is the key of the official who acts on its post now."""
    found = ApiToken.objects.raw(_TOKEN, {"digest": digest, "use": use, "day": county_day(now)})
    return next(iter(found), None)


def posts_without_anyone(*, now: datetime) -> QuerySet[Post]:
    """Posts nobody acts on: no present holder, and no present holder of the stand-in. The warning list."""
    day = county_day(now)
    manned = Holding.objects.filter(_held_on(day), ~_away_on(day, "official"))
    return (
        Post.objects.filter(retired_on__isnull=True)
        .exclude(Exists(manned.filter(post=OuterRef("pk"))))
        .exclude(Exists(manned.filter(post=OuterRef("stand_in"))))
        .order_by("code")
    )


def posts_without_stand_in() -> QuerySet[Post]:
    """Posts that would stand empty the day their holder is ill."""
    return Post.objects.filter(retired_on__isnull=True, stand_in__isnull=True).order_by("code")


def place_by_code(code: str) -> Place | None:
    return places_open().get(code)


def offices_open() -> QuerySet[Office]:
    return Office.objects.filter(retired_on__isnull=True).select_related("place").order_by("code")


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


def _read_places() -> dict[str, Place]:
    rows = {place.pk: place for place in Place.objects.filter(retired_on__isnull=True).defer("outline")}
    for place in rows.values():
        if place.parent_id in rows:
            place.parent = rows[place.parent_id]
    return {place.code: place for place in rows.values()}


# Intake asks for these at every matter. Whoever changes one is asked to forget them all: services/gate.py.
calendar = Kept(_read_calendar, seconds=60)  # the official calendar as entered, for the clocks of the kernel
posts_open = Kept(_read_posts, seconds=5)  # in the order of their codes, with office and covered place
places_open = Kept(_read_places, seconds=5)  # by code, each with the place around it


def nearest_place(lat: Decimal, long: Decimal) -> Place | None:
    """The village nearest to a position. A county is small: a flat distance is enough to choose among its villages."""
    villages = Place.objects.filter(level=Level.VILLAGE, retired_on__isnull=True, lat__isnull=False, long__isnull=False)
    squeeze = Decimal(str(cos(radians(float(lat)))))

    def distance(place: Place) -> Decimal:
        assert place.lat is not None and place.long is not None
        return (place.lat - lat) ** 2 + ((place.long - long) * squeeze) ** 2

    return min(villages, key=distance, default=None)
