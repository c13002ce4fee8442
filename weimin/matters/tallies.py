"""Running counts, changed in the transaction of the act: one statement, whatever the number of keys."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Q, Sum

from weimin.kernel.clock import county_day

from .models import Matter, Tally

_SLOTS = 16
# `late.fold` puts LONG_PAST in place of hours long past, and keeps under FOLDED the first hour that it left.
LONG_PAST, FOLDED = "0" * 8, "folded"


def month(moment: datetime) -> str:
    day = county_day(moment)
    return f"{day.year % 100:02d}{day.month:02d}"


def monthly(matter: Matter, now: datetime, *words: str) -> list[str]:
    """What is counted by month: for the county, and for the lead office once there is one."""
    this = month(now)
    keys = [f"month:{this}:{word}" for word in words]
    if matter.lead_id:
        keys += [f"office_month:{matter.lead_id}:{this}:{word}" for word in words]
    return keys


def standing(matter: Matter, state: str) -> list[str]:
    """The keys under which a matter in this state is counted."""
    keys = [f"state:{state}", f"township:{matter.place_code[:9]}:{state}", f"kind:{matter.kind_id}:{state}"]
    if matter.lead_id:
        keys.append(f"office:{matter.lead_id}:{state}")
    if matter.owner_id:
        keys.append(f"owner:{matter.owner_id}")
    if matter.clock_due_at:
        keys.append(f"due:{hour(matter.clock_due_at)}:{matter.lead_id or 0}:{state}:{matter.clock}")
    return keys


def hour(moment: datetime) -> str:
    """The hour it lies in, in UTC: `26120116`. Later ones sort after earlier ones."""
    at = moment.astimezone(UTC)
    return f"{at.year % 100:02d}{at.month:02d}{at.day:02d}{at.hour:02d}"


def change(*, less: list[str], more: list[str]) -> None:
    """Count down the keys in `less`, up those in `more`."""
    delta = Counter(more)
    delta.subtract(less)
    add(delta)


def add(delta: Counter[str]) -> None:
    """Change the counts of these keys, up or down."""
    if any(delta.values()):
        with connection.cursor() as cursor:
            cursor.execute(*changing(delta))


def changing(delta: Counter[str]) -> tuple[str, list[str | int]]:
    """The one statement that changes these counts. Keys are written in order, so writers never deadlock."""
    rows = sorted((key, n) for key, n in delta.items() if n)
    slot = threading.get_ident() // 64 % _SLOTS
    table = connection.ops.quote_name(Tally._meta.db_table)
    places = ", ".join(["(%s, %s, %s)"] * len(rows))
    return (
        f"INSERT INTO {table} (key, slot, n) VALUES {places} "  # noqa: S608 -- a table name and placeholders only
        f"ON CONFLICT (key, slot) DO UPDATE SET n = {table}.n + excluded.n",
        [value for key, n in rows for value in (key, slot, n)],
    )


def of_offices(offices: Iterable[int], *, first: str, last: str) -> Iterator[tuple[int, str, str, int]]:
    """What each of these offices counted from the first month to the last, as `month` writes them: office, month, word,
    number. Months stand in order in the key, so earlier years are not read; a neighbour that sorts between is left out.
    """
    spans = [Q(key__gte=f"office_month:{pk}:{first}", key__lt=f"office_month:{pk}:{last}z") for pk in offices]
    if not spans:
        return
    counted = Tally.objects.filter(reduce(or_, spans)).values_list("key").annotate(total=Sum("n")).order_by()
    for key, total in counted:
        _word, office, month, word = key.split(":")
        if first <= month <= last:
            yield int(office), month, word, int(total)


_STANDING = """
    SELECT 'state:' || state AS key, count(*) AS n FROM {matter} GROUP BY state
    UNION ALL
    SELECT 'township:' || substr(place_code, 1, 9) || ':' || state, count(*) FROM {matter}
        GROUP BY substr(place_code, 1, 9), state
    UNION ALL
    SELECT 'kind:' || kind_id || ':' || state, count(*) FROM {matter} GROUP BY kind_id, state
    UNION ALL
    SELECT 'office:' || lead_id || ':' || state, count(*) FROM {matter} WHERE lead_id IS NOT NULL
        GROUP BY lead_id, state
    UNION ALL
    SELECT 'owner:' || owner_id, count(*) FROM {matter} WHERE owner_id IS NOT NULL GROUP BY owner_id
    UNION ALL
    SELECT 'due:' || {hour} || ':' || coalesce(lead_id, 0) || ':' || state || ':' || clock, count(*) FROM {matter}
        WHERE clock_due_at IS NOT NULL GROUP BY {hour}, lead_id, state, clock
    UNION ALL
    SELECT key, -n FROM {tally}
        WHERE substr(key, 1, {colon}) IN ('state:', 'township:', 'kind:', 'office:', 'owner:', 'due:')
"""
# Hours that were folded are told apart no more, on either side.
_DIFFERENCES = f"""
    SELECT CASE
        WHEN key >= 'due:' AND key < 'due:' || coalesce((SELECT max(n) FROM {{tally}} WHERE key = '{FOLDED}'), 0)
        THEN 'due:{LONG_PAST}' || substr(key, 13) ELSE key END AS of_one, sum(n)
    FROM ({_STANDING}) AS counted GROUP BY of_one HAVING sum(n) <> 0 ORDER BY of_one
"""  # noqa: S608 -- text of our own
_BY_VENDOR = {
    "postgresql": {"colon": "strpos(key, ':')", "hour": "to_char(clock_due_at AT TIME ZONE 'UTC', 'YYMMDDHH24')"},
    "sqlite": {"colon": "instr(key, ':')", "hour": "substr(strftime('%Y%m%d%H', clock_due_at), 3)"},
}


def differences() -> dict[str, int]:
    """Counts that are not what a recount of all matters finds: the key, and by how much it is too low.

    One statement, so it sees one moment, however busy the county is. It reads every matter: work for the night.
    """
    table, matter = (connection.ops.quote_name(model._meta.db_table) for model in (Tally, Matter))
    sql = _DIFFERENCES.format(matter=matter, tally=table, **_BY_VENDOR[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {key: int(n) for key, n in cursor.fetchall()}
