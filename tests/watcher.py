"""Every statement of a test on PostgreSQL, whichever connection or thread sends it, held against three rules.

Nothing is asked before a county is chosen. Nothing is asked of county B, and no row of it changes, unless the test
asks for `county_b`. No statement names a schema, except from the modules in MAY_NAME. What breaks a rule fails the
test, also where the error itself was swallowed. What another process asks is not heard, but the rows are compared.
"""

import re
import sys
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import Composable

from tests import standing
from weimin.county.context import NoCounty, current
from weimin.county.postgresql import base as on_postgresql
from weimin.county.sqlite import base as on_sqlite

ROOT = Path(__file__).resolve().parent.parent
HOUSE = tuple(f"{ROOT / room}/" for room in ("weimin", "config", "tests"))
# Passed through by statements of others, to look at them or to break them.
LOOKING_ON = {__file__, str(ROOT / "tests/faults.py")}
ENGINES = frozenset({on_postgresql.__file__, on_sqlite.__file__})

# Who may name a schema, or ask the catalog about another than the chosen one, and why.
MAY_NAME = {
    "weimin/county/postgresql/base.py": "it chooses: every other module is in the schema it has set",
    "weimin/county/postgresql/mould.py": "two schemas for a moment, to cast a county and compare it",
    "weimin/county/postgresql/roles.py": "roles and their rights, county by county",
    "weimin/county/schemas.py": "it makes, counts, weighs and drops the schemas of counties",
    "weimin/web/backup/live.py": "asks of each table that `snapshot` named",
    "weimin/web/backup/restoring.py": "a restoration wants an empty database: no county, nothing shared",
    "weimin/web/backup/snapshot.py": "an archive holds the county and the shared shelf, of one moment",
}
NAMES = re.compile(
    r"county_[0-9]{6}|\bpublic\"?\.|\bsearch_path\b|\b(nspname|schemaname|table_schema)\b(?! *= *current_schema\(\))"
)


class Leak(AssertionError):
    """What the code under test did beyond its county."""


class Watcher:
    """What one test has sent so far."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.lost: list[str] = []
        self.neighbouring: list[str] = []
        self.naming: list[str] = []

    def hear(self, query: Any, values: Any, connection: Any) -> None:
        text = _text(query, connection)
        given = _words(values)
        names, names_b = _named(text)
        if current.get() == standing.SCHEMA or names_b or standing.SCHEMA in given:
            self.neighbouring.append(_short(text))
        if names or (given and NAMES.search(given)):
            module = _asker()
            if module not in MAY_NAME and not module.startswith("tests/"):
                self.naming.append(f"{module}: {_short(text)}")

    def findings(self, *, may_forget: bool = False, may_enter: bool = False) -> list[str]:
        """What was sent that may not be, as sentences."""
        found = [f"a statement names a schema, from {one}" for one in self.naming]
        if not may_forget:
            found += [f"a query before a county was chosen, from {module}" for module in self.lost]
        if not may_enter:
            found += [f"a statement in the neighbouring county: {text}" for text in self.neighbouring]
        return found


watcher = Watcher()


def judge(item: pytest.Item) -> None:
    """After the test's last line, while its transaction still stands."""
    asked = set(getattr(item, "fixturenames", ()))
    lent = "county_b" in asked
    found = watcher.findings(
        may_forget="no_county" in asked, may_enter=lent or item.get_closest_marker("every_county") is not None
    )
    touches = item.get_closest_marker("django_db") is not None or not asked.isdisjoint(("db", "transactional_db"))
    if touches and not lent and standing.neighbour is not None:
        found += standing.neighbour.changes()
    if found:
        raise Leak("\n".join(found))


# --- how statements are heard ---------------------------------------------------------------------------------------


def listen() -> None:
    """Once a process. Below Django, so that raw cursors, pools and other threads are heard too."""
    for kind, name in ((psycopg.Cursor, "execute"), (psycopg.Cursor, "executemany"), (psycopg.Cursor, "copy"),
                       (psycopg.Cursor, "stream"), (psycopg.ServerCursor, "execute")):  # fmt: skip
        setattr(kind, name, _heard(getattr(kind, name)))
    for engine in (on_postgresql, on_sqlite):
        engine.chosen_schema = _remembered(engine.chosen_schema)


def _heard(real: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(real)
    def send(cursor: Any, query: Any, params: Any = None, *more: Any, **named: Any) -> Any:
        watcher.hear(query, params, cursor.connection)
        return real(cursor, query, params, *more, **named)

    return send


def _remembered(real: Callable[[], str]) -> Callable[[], str]:
    @wraps(real)
    def choose() -> str:
        try:
            return real()
        except NoCounty:
            watcher.lost.append(_asker(beyond=ENGINES))
            raise

    return choose


def _text(query: Any, connection: Any) -> str:
    if isinstance(query, Composable):
        return query.as_string(connection)
    return query.decode() if isinstance(query, bytes) else str(query)


@lru_cache(maxsize=5000)  # the same statements come again and again
def _named(text: str) -> tuple[bool, bool]:
    """Whether a statement names a schema, and whether it names county B."""
    return NAMES.search(text) is not None, standing.SCHEMA in text


def _short(text: str) -> str:
    return " ".join(text.split())[:300]


def _words(values: Any) -> str:
    """What a statement is given, as far as it is a word that could name a schema."""
    given = values.values() if isinstance(values, dict) else values or ()
    return " ".join(one for one in given if isinstance(one, str) and "county_" in one)


def _asker(*, beyond: frozenset[str] = frozenset()) -> str:
    """The innermost module of the house that led to the statement."""
    frame = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(HOUSE) and path not in LOOKING_ON | beyond:
            return str(Path(path).relative_to(ROOT))
        frame = frame.f_back
    return "a thread of somebody else's"
