"""How many open matters are past their date: from the running counts, so it costs the same whatever their number.

Each is counted under the hour in which its clock runs out (`tallies.standing`). Hours that are over are summed; of the
one that runs, the few whose moment has passed are looked for. What is long past is folded by night, so that a county
that is years old sums no more keys than a young one.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.db.models.functions import Substr

from . import tallies
from .models import Matter, Tally
from .states import State

Kept = tuple[int | None, str, str]  # the key of the lead office, the state, the clock
# A server whose clock had jumped ahead by less than this has folded nothing that is not past.
FOLDED_AFTER = timedelta(days=2)


def late(*, now: datetime) -> Counter[Kept]:
    """The open matters whose running clock has passed, by office, state and clock. Two statements."""
    found: Counter[Kept] = Counter()
    over = Tally.objects.filter(key__gte="due:", key__lt=f"due:{tallies.hour(now)}")
    for rest, n in over.values_list(Substr("key", 14)).annotate(total=Sum("n")).order_by():
        lead, state, clock = rest.split(":")
        found[int(lead) or None, state, clock] += n
    running = now.replace(minute=0, second=0, microsecond=0)
    passed = Matter.objects.filter(clock_due_at__gte=running, clock_due_at__lt=now)
    for lead, state, clock, n in passed.values_list("lead_id", "state", "clock").annotate(n=Count("pk")).order_by():
        found[lead, state, clock] += n
    return found


def open_since(states: Sequence[State]) -> dict[State, datetime | None]:
    """Since when the clock runs that has run longest in each of these states. An index knows each at once."""
    table = connection.ops.quote_name(Matter._meta.db_table)
    first = f"(SELECT min(clock_started_at) FROM {table} WHERE state = %s AND clock_due_at IS NOT NULL)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([first] * len(states))}", list(states))
        found = cursor.fetchone()
    if connection.vendor == "sqlite":  # where moments stand as words
        found = [connection.ops.convert_datetimefield_value(word, None, connection) for word in found]  # type: ignore[attr-defined]
    return dict(zip(states, found, strict=True))


@transaction.atomic
def fold(*, now: datetime) -> int:
    """Put the counts of hours long past under one key for each office, state and clock; how many rows went.

    The sums stay what they are: what an act changes meanwhile, it changes before or after.
    """
    first = tallies.hour(now - FOLDED_AFTER)
    table, folded = connection.ops.quote_name(Tally._meta.db_table), Counter[str]()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE key >= 'due:' AND key < %s RETURNING key, n", [f"due:{first}"])  # noqa: S608
        gone = cursor.fetchall()
    for key, n in gone:
        folded[f"due:{tallies.LONG_PAST}:{key[13:]}"] += n
    tallies.add(folded)
    mark, _made = Tally.objects.get_or_create(key=tallies.FOLDED, slot=0, defaults={"n": int(first)})
    Tally.objects.filter(pk=mark.pk, n__lt=int(first)).update(n=int(first))
    return len(gone)
