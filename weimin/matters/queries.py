"""Questions about matters. Nothing here writes."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from weimin.catalogue.queries import prefixes
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Office, Place, Post
from weimin.county.models.places import Level
from weimin.kernel.clock import begin_of_day

from .models import Answer, Event, Matter, Publication, Support, Tally
from .states import OPEN_STATES, STILL, Act, Clock, State

LONGEST_LINE = 6

# Duties whose holders work on any matter of the places their post covers; the others see their own office's matters.
_BY_PLACE = frozenset(
    {Duty.TAKE_IN, Duty.CLASSIFY, Duty.DISPATCH, Duty.LEAD, Duty.CALL_BACK, Duty.PUBLISH, Duty.REVIEW, Duty.AUDIT}
)


def visible_to(actor: Actor) -> QuerySet[Matter]:
    """Matters this official may open: those of the places their posts cover, and those of their own office."""
    mine = Q(pk__in=())
    for post in actor.posts:
        duties = actor.duties & frozenset(post.duties)
        if duties & _BY_PLACE:
            mine |= Q(place_code__startswith=post.covers.code)
        if duties & {Duty.HANDLE, Duty.APPROVE}:
            helping = Support.objects.filter(matter=OuterRef("pk"), office_id=post.office_id)
            mine |= Q(lead_id=post.office_id) | Q(Exists(helping))
        if duties:
            mine |= Q(owner_id=post.pk)
    return Matter.objects.filter(mine)


def post_for_duty(duty: Duty, place: Place) -> Post | None:
    """The post nearest to the place that has this duty: a township's before the county's."""
    # Read narrowly, for intake asks this each time: places carry outlines, and a county has a hundred posts.
    posts = (
        Post.objects.filter(retired_on__isnull=True, covers__code__in=prefixes(place))
        .order_by("code")
        .values_list("pk", "duties", "covers__code")
    )
    able = [(len(covers), pk) for pk, duties, covers in posts if duty in duties]
    nearest = max(able, key=lambda post: post[0], default=None)
    if nearest is None:
        return None
    return Post.objects.select_related("covers", "office").defer("covers__outline").get(pk=nearest[1])


def line_above(post: Post) -> list[Post]:
    """The posts a matter climbs when it is late, nearest first. Ends where the line ends, or at the sixth."""
    line: list[Post] = []
    here: Post | None = post.superior
    while here is not None and here not in line and len(line) < LONGEST_LINE:
        line.append(here)
        here = here.superior
    return line


def timeline(matter: Matter) -> QuerySet[Event]:
    return Event.objects.filter(matter=matter).select_related("post__office", "official").order_by("id")


def latest_answer(matter: Matter) -> Answer | None:
    return Answer.objects.filter(matter=matter).select_related("post__office", "by").order_by("-pk").first()


def overdue(*, now: datetime) -> QuerySet[Matter]:
    """Open matters whose running clock has passed."""
    late = Matter.objects.filter(state__in=OPEN_STATES, clock_due_at__lt=now)
    return late.select_related("owner__superior").order_by("clock_due_at", "pk")


def may_climb(*, now: datetime) -> QuerySet[Matter]:
    """Overdue matters with a post above the last one told, the least climbed first.

    Those at the top of their line stay late, and must not crowd out the ones that can still climb.
    """
    late = overdue(now=now).filter(escalated__lt=LONGEST_LINE)
    for steps in range(LONGEST_LINE):
        above = "__".join(["owner", *["superior"] * (steps + 1), "isnull"])
        late = late.exclude(Q(escalated__gte=steps) & Q(**{above: True}))
    return late.order_by("escalated", "clock_due_at", "pk")


def unrated_past_window(*, now: datetime) -> QuerySet[Matter]:
    return Matter.objects.filter(state=State.ANSWERED, clock=Clock.RATE, clock_due_at__lt=now).order_by("pk")


def unrated(*, now: datetime) -> QuerySet[Matter]:
    """Answered matters whose resident may still rate, and can be reached."""
    return Matter.objects.filter(
        state=State.ANSWERED, clock=Clock.RATE, clock_due_at__gte=now, resident__isnull=False
    ).order_by("pk")


def pauses_over(*, now: datetime) -> QuerySet[Matter]:
    return Matter.objects.filter(state=State.PAUSED, clock_due_at__lt=now).order_by("pk")


def promises_passed(*, today: object) -> QuerySet[Answer]:
    """Promises whose day has gone by without being kept."""
    return (
        Answer.objects.filter(
            promise_due_on__lt=today,
            promise_kept_at__isnull=True,
            promise_broken_at__isnull=True,
            matter__state__in=STILL[Act.KEEP_PROMISE],  # one that is being handled again has nothing to reopen
        )
        .select_related("matter")
        .order_by("pk")
    )


def merged_waiting() -> QuerySet[Matter]:
    """Merged matters whose main matter has been answered: their residents are still to be told."""
    return Matter.objects.filter(
        state=State.MERGED, merged_into__state__in=[State.ANSWERED, State.RATED, State.CLOSED, State.PUBLISHED]
    ).order_by("pk")


def running_past(first: date) -> QuerySet[Matter]:
    """Open matters whose clock runs into this day or beyond it, or has a date that is still provisional."""
    reached = Q(clock_due_at__gte=begin_of_day(first)) | Q(clock_provisional=True)
    return Matter.objects.filter(reached, state__in=OPEN_STATES, clock_started_at__isnull=False).order_by("pk")


def owned_by(post: Post) -> QuerySet[Matter]:
    """The open matters a post answers for."""
    return Matter.objects.filter(owner=post, state__in=OPEN_STATES)


def led_by(office: Office) -> QuerySet[Matter]:
    """The open matters an office leads or still owes a word on."""
    helping = Support.objects.filter(matter=OuterRef("pk"), office=office, done_at__isnull=True)
    return Matter.objects.filter(Q(lead=office) | Q(Exists(helping)), state__in=OPEN_STATES)


def tally(*keys: str) -> dict[str, int]:
    """The running counts of these keys; a key nobody has counted yet is 0."""
    rows = Tally.objects.filter(key__in=keys).values("key").annotate(total=Sum("n")).order_by()
    found = {row["key"]: int(row["total"]) for row in rows}
    return {key: found.get(key, 0) for key in keys}


def tallies_under(prefix: str) -> dict[str, int]:
    """All running counts whose key begins so, for example "office:12:"."""
    rows = Tally.objects.filter(key__startswith=prefix).values("key").annotate(total=Sum("n")).order_by()
    return {row["key"]: int(row["total"]) for row in rows}


def board() -> QuerySet[Publication]:
    """What anyone may read: standing publications, newest first."""
    return (
        Publication.objects.filter(withdrawn_at__isnull=True)
        .select_related("kind", "place", "office")
        .order_by("-published_at", "-pk")
    )


def drafted(matter: Matter) -> dict[str, str]:
    """What the publisher starts from: the words as they stand, to be redacted by hand before anything is public."""
    answer = latest_answer(matter)
    return {"title": matter.title, "asked": matter.text, "done": answer.facts if answer else ""}


def public_copy(matter: Matter) -> Publication | None:
    """The standing public copy of a matter, if a publisher made one."""
    shown = getattr(matter, "publication", None)
    return shown if shown is not None and shown.withdrawn_at is None else None


def village_of(matter: Matter) -> Place:
    """Where it is, no finer than a village: a group of twenty households would name its resident."""
    place = matter.place
    return place.parent if place.level == Level.GROUP and place.parent is not None else place
