"""Questions about matters. Nothing here writes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import prefixes
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Office, Place, Post
from weimin.county.models.places import Level
from weimin.county.queries import posts_open
from weimin.kernel.clock import begin_of_day

from .filters import codes_within, within
from .models import Answer, Attachment, Event, Incoming, Matter, Publication, Referral, Support, Tally
from .states import OPEN_STATES, STILL, UNANSWERED_STATES, Act, Clock, Request, State

LONGEST_LINE = 6
LETTERS_SHOWN = timedelta(days=30)
IN_HAND_WITHIN = timedelta(days=60)

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
            if post.covers.level == Level.COUNTY:
                return Matter.objects.all()
            mine |= within(post.covers.code)
        if duties & {Duty.HANDLE, Duty.APPROVE}:
            helping = Support.objects.filter(
                matter=OuterRef("pk"), office_id=post.office_id, ended_at__isnull=True
            )  # an office that was asked and never needed has nothing to read here any more
            mine |= Q(lead_id=post.office_id) | Q(Exists(helping))
        if duties:
            mine |= Q(owner_id=post.pk)
    return Matter.objects.filter(mine)


def post_for_duty(duty: Duty, place: Place) -> Post | None:
    """The post nearest to the place that has this duty: a township's before the county's."""
    around = prefixes(place)
    able = [post for post in posts_open() if duty in post.duties and post.covers.code in around]
    return max(able, key=lambda post: len(post.covers.code), default=None)


def handling_post(office: Office) -> Post | None:
    """Who handles in an office; one who only handles before one who also approves."""
    posts = Post.objects.filter(office=office, retired_on__isnull=True).select_related("superior").order_by("code")
    able = [post for post in posts if Duty.HANDLE in post.duties]
    return min(able, key=lambda post: Duty.APPROVE in post.duties, default=None)


def line_above(post: Post) -> list[Post]:
    """The posts a matter climbs when it is late, nearest first. Ends where the line ends, or at the sixth."""
    line: list[Post] = []
    here: Post | None = post.superior
    while here is not None and here not in line and len(line) < LONGEST_LINE:
        line.append(here)
        here = here.superior
    return line


def timeline(matter: Matter) -> QuerySet[Event]:
    """Each line knows this matter, so that none asks for it again."""
    return matter.events.select_related("answer").order_by("id")


def supports_open() -> QuerySet[Support]:
    """Requests for help that still wait for the office's word."""
    return Support.objects.filter(done_at__isnull=True, ended_at__isnull=True)


def promises_open() -> QuerySet[Answer]:
    """Promises still to be kept: neither kept, nor broken, nor replaced by a later one."""
    return Answer.objects.filter(
        promise_due_on__isnull=False,
        promise_kept_at__isnull=True,
        promise_broken_at__isnull=True,
        promise_replaced_at__isnull=True,
    )


def promise_to_keep(matter: Matter) -> Answer | None:
    """What was promised and not yet done; a broken promise can still be kept late."""
    owed = Answer.objects.filter(
        matter=matter, promise_due_on__isnull=False, promise_kept_at__isnull=True, promise_replaced_at__isnull=True
    )
    return owed.order_by("-pk").first()


def earlier_promises(matter: Matter, latest: Answer | None) -> QuerySet[Answer]:
    """What was promised in answers before the latest one, and what became of it."""
    promised = Answer.objects.filter(matter=matter, promise_due_on__isnull=False)
    return promised.exclude(pk__in=[latest.pk] if latest else []).order_by("pk")


def latest_answer(matter: Matter) -> Answer | None:
    return Answer.objects.filter(matter=matter).select_related("post__office", "by").order_by("-pk").first()


def files_of(matter: Matter, *, internal: bool) -> QuerySet[Attachment]:
    """The files of a matter; those of an internal note only where `internal` is said."""
    found = Attachment.objects.filter(matter=matter).select_related("event").order_by("pk")
    return found if internal else found.exclude(event__internal=True)


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
        promises_open()
        .filter(
            promise_due_on__lt=today,
            matter__state__in=STILL[Act.KEEP_PROMISE],  # one that is being handled again has nothing to reopen
        )
        .select_related("matter")
        .order_by("pk")
    )


def merged_waiting() -> QuerySet[Matter]:
    """Merged matters whose main matter has been answered: their residents are still to be told."""
    done = [State.ANSWERED, State.RATED, State.CLOSED, State.PUBLISHED]
    return _merged_into(done, refusal=False)


def merged_refused() -> QuerySet[Matter]:
    """Merged matters whose main matter was refused, appealed since or not: the refusal is theirs too."""
    return _merged_into([State.REFUSED, State.APPEALED, State.CLOSED], refusal=True)


def _merged_into(states: list[State], *, refusal: bool) -> QuerySet[Matter]:
    latest = Answer.objects.filter(matter=OuterRef("merged_into")).order_by("-pk").values("refusal")[:1]
    waiting = Matter.objects.filter(state=State.MERGED, merged_into__state__in=states)
    return waiting.alias(last_was_refusal=Subquery(latest)).filter(last_was_refusal=refusal).order_by("pk")


def merged_stranded() -> QuerySet[Matter]:
    """Merged matters whose main matter was taken back by its resident: these residents still wait."""
    return Matter.objects.filter(state=State.MERGED, merged_into__state=State.WITHDRAWN).order_by("pk")


def running_past(first: date) -> QuerySet[Matter]:
    """Open matters whose clock runs into this day or beyond it, or has a date that is still provisional."""
    reached = Q(clock_due_at__gte=begin_of_day(first)) | Q(clock_provisional=True)
    return Matter.objects.filter(reached, state__in=OPEN_STATES, clock_started_at__isnull=False).order_by("pk")


def owned_by(post: Post) -> QuerySet[Matter]:
    """The open matters a post answers for."""
    return Matter.objects.filter(owner=post, state__in=OPEN_STATES)


def led_by(office: Office) -> QuerySet[Matter]:
    """The open matters an office leads or still owes a word on."""
    helping = supports_open().filter(matter=OuterRef("pk"), office=office)
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


@dataclass(frozen=True)
class InHand:
    """All that anybody may know of a matter that is not public: no words, no address, no person."""

    number: str
    kind: Kind
    village: Place
    received_at: datetime
    state: State


def in_hand_nearby(kind: Kind, place: Place, *, now: datetime, most: int = 5) -> tuple[int, list[InHand]]:
    """How many matters of this kind are being worked on in this village, and the newest of them.

    Reports of breaches are left out: nobody may learn here that somebody reported something.
    """
    found = Matter.objects.filter(
        kind=kind,
        place_code__range=codes_within(place.code[:12]),
        state__in=UNANSWERED_STATES,
        received_at__gte=now - IN_HAND_WITHIN,
    ).exclude(request=Request.REPORT)
    newest = found.select_related("place__parent").defer("place__outline", "place__parent__outline", "text")
    rows = [
        InHand(one.number, kind, village_of(one), one.received_at, State(one.state))
        for one in newest.order_by("-received_at", "-pk")[:most]
    ]
    return (found.count() if len(rows) == most else len(rows)), rows


def same_as(matter: Matter, actor: Actor) -> Matter | None:
    """What the resident said is the same, or what that was merged into, as far as this official may open it."""
    heard = Event.objects.filter(matter=matter, act=Act.RECEIVE).order_by("id").first()
    number = heard.data.get("same_as", "") if heard else ""
    if not number:
        return None
    seen = visible_to(actor).select_related("kind", "place")
    said = seen.filter(number=number).first()
    return seen.filter(pk=said.merged_into_id).first() if said is not None and said.merged_into_id else said


def letters_aside(*, now: datetime, most: int = 200) -> QuerySet[Incoming]:
    """What came in lately, could not be taken in and still waits for somebody to look at it, the newest first."""
    lately = Incoming.objects.filter(fate=Incoming.Fate.ASIDE, at__gte=now - LETTERS_SHOWN, handled_at__isnull=True)
    return lately.order_by("-at", "-pk")[:most]


def referrals_of(matter: Matter) -> QuerySet[Referral]:
    """Where else it is: sent to partners, or taken from one."""
    return Referral.objects.filter(matter=matter).select_related("partner").order_by("pk")
