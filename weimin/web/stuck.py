"""Where matters wait, and what got worse this week: what a leader reads in one minute. A few statements.

What stands is exact at every look; the comparison of the weeks is at most a minute old.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Avg, Case, Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.models import Office
from weimin.kernel.kept import Kept
from weimin.matters import queries
from weimin.matters.late import late, open_since
from weimin.matters.models import Answer, Event, Matter
from weimin.matters.states import OPEN_STATES, Act, State

Hung = TypeVar("Hung", Answer, Event)
WEEK = timedelta(days=7)
# Averages of fewer than these say more about chance than about the office.
FEWEST_WAITS = 5
# The way from top to bottom, each side way after the step it leaves.
STEPS = (
    State.RECEIVED, State.CLASSIFIED, State.DISPATCHED, State.RETURNED, State.HANDLED, State.PAUSED, State.ANSWERED,
    State.RATED, State.APPEALED,
)  # fmt: skip
ASIDE = frozenset({State.RETURNED, State.PAUSED, State.APPEALED})
COUNTED: dict[str, Promise] = {
    Act.RETURN: _("退回的"), Act.EXTEND: _("延期的"), Act.ESCALATE: _("超期上报的"), Act.REOPEN: _("重新办理的"),
}  # fmt: skip
WAITED: dict[str, Promise] = {Act.ACCEPT: _("派办后等受理"), Act.ANSWER: _("受理后等答复")}


@dataclass(frozen=True)
class Step:
    """One step of the way: how many stand there, how many too long, since when, and with whom most."""

    state: State
    n: int
    late: int
    since: datetime | None
    office: Office | None  # where most of the late ones are

    @property
    def label(self) -> str:
        return str(self.state.label)

    @property
    def aside(self) -> bool:
        return self.state in ASIDE


@dataclass(frozen=True)
class Worse:
    """One thing that grew: acts by number, waits by days with their samples."""

    office: Office | None
    what: str | Promise
    before: float
    now: float
    sample: tuple[int, int] | None = None


@dataclass(frozen=True)
class Standing:
    steps: list[Step]
    offices: list[tuple[Office, int, int]]  # office, late, open: the latest first


def on_seen(found: QuerySet[Hung], actor: Actor) -> QuerySet[Hung]:
    """Of what hangs on matters, what hangs on those this official may open. For who sees all, none is looked at."""
    seen = queries.visible_to(actor)
    return found.filter(matter__in=seen) if seen.query.where else found


def standing(actor: Actor, *, now: datetime, offices: dict[int, Office]) -> Standing:
    """What is open in this leader's reach, by step and by office. Who sees all reads it from the running counts."""
    seen = queries.visible_to(actor)
    found = _looked_through(seen, now) if seen.query.where else _from_counts(now, offices)
    passed, led = _together(at.late for at in found.values()), _together(at.led for at in found.values())
    steps = [_step(state, found.get(state, _At()), offices) for state in STEPS]
    return Standing(steps, [(offices[pk], passed[pk], led[pk]) for pk in _latest(passed, offices)])


def _together(each: Iterable[Counter[int | None]]) -> Counter[int | None]:
    return sum(each, Counter[int | None]())


def _latest(passed: Counter[int | None], offices: dict[int, Office]) -> list[int]:
    """The ten offices with most that is late."""
    ranked = sorted((-n, offices[pk].code, pk) for pk, n in passed.items() if pk in offices)
    return [pk for _n, _code, pk in ranked[:10]]


@dataclass
class _At:
    """What stands at one step: how many, since when, and how many of each office; those that are late beside it."""

    n: int = 0
    since: datetime | None = None
    late: Counter[int | None] = field(default_factory=Counter)
    led: Counter[int | None] = field(default_factory=Counter)


def _looked_through(seen: QuerySet[Matter], now: datetime) -> dict[str, _At]:
    """Matter by matter: a leader of one township or one office reaches few."""
    rows: Any = (
        seen.filter(state__in=OPEN_STATES, clock_due_at__isnull=False)
        .values("state", "lead_id")
        .annotate(n=Count("state"), late=Count("state", filter=Q(clock_due_at__lt=now)), since=Min("clock_started_at"))
        .order_by("state", "lead_id")
    )
    found: dict[str, _At] = defaultdict(_At)
    for row in rows:
        at = found[row["state"]]
        at.n += row["n"]
        at.since = min(filter(None, (at.since, row["since"])))
        at.late[row["lead_id"]] += row["late"]
        at.led[row["lead_id"]] += row["n"]
    return found


def _from_counts(now: datetime, offices: dict[int, Office]) -> dict[str, _At]:
    """The same of the whole county, however many matters: by running counts, and the first of each state by its index.

    How many an office has in all is asked of the few that are shown.
    """
    since = open_since(STEPS)
    found: dict[str, _At] = {state: _At(since=since[state]) for state in STEPS}
    for (lead, state, _clock), n in late(now=now).items():
        found[state].late[lead] += n
    shown = _latest(_together(at.late for at in found.values()), offices)
    counted = queries.tally(
        *(f"state:{state}" for state in STEPS), *(f"office:{pk}:{state}" for pk in shown for state in STEPS)
    )
    for state, at in found.items():
        at.n = counted[f"state:{state}"]
        at.led.update({pk: counted[f"office:{pk}:{state}"] for pk in shown})
    return found


def _step(state: State, at: _At, offices: dict[int, Office]) -> Step:
    worst = max(at.late, key=lambda lead: (at.late[lead], -(lead or 0)), default=None)
    return Step(
        state=state, n=at.n, late=at.late.total(), since=at.since,
        office=offices.get(worst or 0) if at.late[worst] else None,
    )  # fmt: skip


def got_worse(actor: Actor, *, now: datetime, offices: dict[int, Office]) -> tuple[list[Worse], list[Worse]]:
    """What happened more often, and what took longer, in the last seven days than in the seven before."""
    more, slower = [], []
    for row in _weeks_lately(actor, now):
        office, act = offices.get(row["office"]), row["act"]
        if act in COUNTED and row["now"] > row["before"]:
            more.append(Worse(office, COUNTED[act], row["before"], row["now"]))
        elif act in WAITED and _is_slower(row):
            days = [round(row[name] / timedelta(days=1), 1) for name in ("waited_before", "waited_now")]
            slower.append(Worse(office, WAITED[act], days[0], days[1], (row["before"], row["now"])))
    return _sorted(more), _sorted(slower)


# Two weeks of a large county are many lines, and weeks do not turn in a minute: each reach reads them once in one.
_read_lately: Kept[dict[Any, Any]] = Kept(dict, seconds=60)


def _weeks_lately(actor: Actor, now: datetime) -> Any:
    reach = (frozenset((post.pk, post.office_id, post.covers_id) for post in actor.posts), actor.duties)
    lately = _read_lately()
    if reach not in lately:
        lately[reach] = list(_weeks(actor, now))
    return lately[reach]


def _weeks(actor: Actor, now: datetime) -> Any:
    """Acts of two weeks, counted by office and act. Who returned it is who wrote so; else the office that leads."""
    this, last = Q(at__gte=now - WEEK), Q(at__lt=now - WEEK)
    waited = Case(
        When(act=Act.ACCEPT, then=F("at") - F("matter__dispatched_at")),
        When(act=Act.ANSWER, then=F("at") - F("matter__accepted_at")),
    )
    wait = ExpressionWrapper(waited, output_field=DurationField())
    lately = Event.objects.filter(at__gte=now - 2 * WEEK, at__lte=now, act__in=[*COUNTED, *WAITED])
    office = Case(When(act=Act.RETURN, then="post__office_id"), default="matter__lead_id")
    return (
        on_seen(lately, actor).annotate(office=office, wait=wait)
        .values("office", "act")
        .annotate(
            before=Count("pk", filter=last), now=Count("pk", filter=this),
            waited_before=Avg("wait", filter=last), waited_now=Avg("wait", filter=this),
        )
        .order_by("office", "act")
    )  # fmt: skip


def _is_slower(row: dict[str, Any]) -> bool:
    if min(row["before"], row["now"]) < FEWEST_WAITS:
        return False
    return bool(row["waited_now"] - row["waited_before"] >= timedelta(hours=2.4))  # a tenth of a day, as it is shown


def _sorted(found: list[Worse]) -> list[Worse]:
    return sorted(found, key=lambda one: (one.before - one.now, one.office.code if one.office else ""))
