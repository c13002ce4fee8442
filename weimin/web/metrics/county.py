"""What each county has: its queues, its messages, its background work. A fixed number of statements a county."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, Max, Min, Q

from weimin.county.queries import posts_without_anyone
from weimin.ledger.models import Entry
from weimin.matters import queries
from weimin.matters.models import Matter
from weimin.matters.states import OPEN_STATES, Channel, State
from weimin.notices.models import Notice
from weimin.notices.queries import lost
from weimin.notices.states import Delivery

from ..models import Run
from .outside import families_of_outside
from .text import Family

MINUTE = timedelta(minutes=1)


def families_of_county(code: str, *, now: datetime) -> Iterator[Family]:
    """The county is chosen already; nine statements."""
    yield from _matters(code, now)
    yield from _intake(code, now)
    yield from _outbox(code, now)
    yield from _work(code, now)
    yield from _order(code, now)
    yield from families_of_outside(code, now=now)


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, round((now - since).total_seconds(), 3)) if since else 0.0


def _matters(code: str, now: datetime) -> Iterator[Family]:
    standing = Family("weimin_matters", "gauge", "Matters by state, from the running counts.")
    found = queries.tally(*(f"state:{state}" for state in State))
    for state in State:
        standing.add(found[f"state:{state}"], county=code, state=state)
    yield standing
    late = Family("weimin_matters_overdue", "gauge", "Open matters whose running clock has passed, by state.")
    oldest = Family("weimin_matters_oldest_seconds", "gauge", "Age of the oldest open matter of a state, from receipt.")
    latest = Family("weimin_matters_most_overdue_seconds", "gauge", "How long the latest open matter is past its date.")
    provisional = Family("weimin_matters_provisional", "gauge", "Open matters whose date waits for a year's calendar.")
    rows = {row["state"]: row for row in _open_by_state(now)}
    for state in sorted(OPEN_STATES):
        row = rows.get(state, {})
        late.add(row.get("late", 0), county=code, state=state)
        oldest.add(_seconds(row.get("oldest"), now), county=code, state=state)
        latest.add(_seconds(row.get("due"), now), county=code, state=state)
    provisional.add(sum(row["provisional"] for row in rows.values()), county=code)
    yield from (late, oldest, latest, provisional)


def _open_by_state(now: datetime) -> list[dict[str, Any]]:
    found = Matter.objects.filter(state__in=OPEN_STATES).values("state").order_by()
    rows: Any = found.annotate(
        late=Count("pk", filter=Q(clock_due_at__lt=now)),
        oldest=Min("received_at"),
        due=Min("clock_due_at"),
        provisional=Count("pk", filter=Q(clock_provisional=True)),
    )
    return list(rows)


def _intake(code: str, now: datetime) -> Iterator[Family]:
    total = Family("weimin_acts_total", "counter", "Acts since the beginning, from the running counts.")
    acts: dict[str, int] = {}
    for key, n in queries.tallies_under("month:").items():
        act = key.rpartition(":")[2]
        acts[act] = acts.get(act, 0) + n
    for act in sorted(acts.keys() | {"received", "answered"}):
        total.add(acts.get(act, 0), county=code, act=act)
    yield total
    recent = Family("weimin_received_last_minute", "gauge", "Matters received within the last minute, by channel.")
    rows = Matter.objects.filter(received_at__gt=now - MINUTE, received_at__lte=now).values("channel").order_by()
    counts = {row["channel"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    for channel in Channel:
        recent.add(counts.get(channel, 0), county=code, channel=channel)
    yield recent


def _outbox(code: str, now: datetime) -> Iterator[Family]:
    waiting = Notice.objects.filter(state=Delivery.QUEUED).aggregate(
        n=Count("pk"), due=Count("pk", filter=Q(send_after__lte=now)), oldest=Min("send_after")
    )
    gone = lost(now=now).aggregate(failed=Count("pk", filter=Q(state=Delivery.FAILED)), n=Count("pk"))
    yield Family("weimin_outbox_waiting", "gauge", "Messages that wait to be sent.").add(waiting["n"], county=code)
    yield Family("weimin_outbox_due", "gauge", "Messages that should have been sent by now.").add(
        waiting["due"], county=code
    )
    yield Family("weimin_outbox_lag_seconds", "gauge", "How long the oldest message that is due has waited.").add(
        _seconds(waiting["oldest"], now), county=code
    )
    yield (
        Family("weimin_outbox_lost", "gauge", "Messages that failed, or may not have arrived.")
        .add(gone["failed"], county=code, state="FAILED")
        .add(gone["n"] - gone["failed"], county=code, state="UNCERTAIN")
    )


def _work(code: str, now: datetime) -> Iterator[Family]:
    age = Family("weimin_job_age_seconds", "gauge", "Time since a background job was last done.")
    failures = Family("weimin_job_failures_total", "counter", "How often a background job failed.")
    failing = Family("weimin_job_failing", "gauge", "1 where a background job failed the last time.")
    recount = Family("weimin_tallies_wrong", "gauge", "Running counts that the last nightly recount found wrong.")
    for run in Run.objects.order_by("job"):
        if run.good_at is not None:
            age.add(_seconds(run.good_at, now), county=code, job=run.job)
        failures.add(run.failures, county=code, job=run.job)
        failing.add(run.is_failing, county=code, job=run.job)
        if "wrong" in run.found:
            recount.add(run.found["wrong"], county=code)
    yield from (age, failures, failing, recount)


def _order(code: str, now: datetime) -> Iterator[Family]:
    cooled = now - timedelta(hours=settings.AXES_COOLOFF_TIME)
    locked = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gt=cooled
    )
    yield Family("weimin_sign_in_lockouts", "gauge", "Names locked out from an address at this moment.").add(
        locked.count(), county=code
    )
    yield Family("weimin_posts_without_anyone", "gauge", "Posts on which nobody acts today.").add(
        posts_without_anyone(now=now).count(), county=code
    )
    newest = Entry.objects.aggregate(newest=Max("id"))["newest"] or 0
    yield Family("weimin_ledger_last_entry", "gauge", "Number of the newest entry of the ledger.").add(
        newest, county=code
    )
