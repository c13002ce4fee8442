"""Pages by key: nothing slips while one reads, and the thousandth page costs what the first does."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ... import filters
from ...finding import Wanted, first_of
from ...models import Matter
from ...names import with_names

ROWS = 50
# sort → (column, downwards)
SORTS = {"due": ("clock_due_at", False), "newest": ("received_at", True)}


@dataclass(frozen=True)
class Page:
    rows: list[Matter]
    older: str
    newer: str


def page_of(found: QuerySet[Matter], *, sort: str, given: Mapping[str, str], words: Sequence[Wanted] = ()) -> Page:
    """Fifty rows that have these words, after `older`, or before `newer`, or from the beginning."""
    column, down = SORTS[sort]
    found = found.filter(**{f"{column}__isnull": False})
    back = bool(given.get("newer"))
    cursor = given.get("newer") or given.get("older") or ""
    towards_less = down != back
    if cursor:
        found = found.filter(_beyond(column, cursor, less=towards_less))
    sign = "-" if towards_less else ""
    rows = first_of(found, words, order=(f"{sign}{column}", f"{sign}pk"), most=ROWS + 1)
    more, rows = len(rows) > ROWS, [with_names(matter) for matter in rows[:ROWS]]
    if back:
        rows.reverse()
    older = _cursor(rows[-1], column) if rows and (more or back) else ""
    newer = _cursor(rows[0], column) if rows and ((back and more) or (cursor and not back)) else ""
    return Page(rows, older, newer)


def _cursor(matter: Matter, column: str) -> str:
    return urlsafe_b64encode(f"{getattr(matter, column).isoformat()}|{matter.pk}".encode()).decode()


def _beyond(column: str, cursor: str, *, less: bool) -> Q:
    try:
        moment, pk = urlsafe_b64decode(cursor.encode()).decode().split("|")
        at, key = datetime.fromisoformat(moment), int(pk)
    except ValueError:
        raise BadRequest(_("翻页的位置不对，请回到第一页。")) from None
    if at.tzinfo is None:
        raise BadRequest(_("翻页的位置不对，请回到第一页。"))
    return filters.beyond(column, at, key, less=less)
