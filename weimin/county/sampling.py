"""Behind a pooler that hands a connection on without its search path, a page could read another county.

So each process looks before it serves anybody whether such a pooler stands between, and now and then asks the database
where it stands. If that is not the chosen county, this process serves nobody any more until it is started again: no
answer is better than another county's.
"""

import itertools
import logging

import psycopg
from django.db import DatabaseError, InterfaceError, connection

from .context import UnknownCounty, chosen_schema

EVERY = 50  # requests; the first of a process is always looked at

COUNTY = "county_"  # how the schema of each begins

log = logging.getLogger(__name__)
_requests = itertools.count()
_astray = False


def is_astray() -> bool:
    """Whether this process has met another county than it chose. Looks now and then: one small question."""
    global _astray
    if not _astray and connection.vendor == "postgresql" and (turn := next(_requests)) % EVERY == 0:
        _astray = _stands_elsewhere(first=turn == 0)
        if _astray:
            log.critical(
                "the connection stands in another county: a pooler changes search_path, and nothing is served any more"
            )
    return _astray


def was_astray() -> bool:
    """The same without looking."""
    return _astray


def _stands_elsewhere(*, first: bool) -> bool:
    try:
        with connection.cursor() as ours:
            found, answers = ours.cursor.execute("SELECT current_schema(), pg_backend_pid()").fetchone()
            return bool(found != chosen_schema() or (first and _is_pooled(answers) and _is_handed_on()))
    except (DatabaseError, InterfaceError, UnknownCounty, psycopg.Error):
        return False  # a database that does not answer is met, and told, by the page itself


def _is_pooled(answers: int) -> bool:
    """Whether the process of the server that answers is another than the one we were told of when we connected."""
    return bool(connection.connection.info.backend_pid != answers)


def _is_handed_on() -> bool:
    """Whether somebody who has just come, and chosen nothing, stands in a county: ours, or another process's.

    A pooler that shares its connections by transactions hands out the one used last; one that shares them by sessions,
    or follows search_path, puts a newcomer where nothing is chosen.
    """
    newcomer = connection.copy()
    try:
        newcomer.connect()  # no cursor of Django's: each would choose the county first
        row = newcomer.connection.execute("SELECT current_schema()").fetchone()
    finally:
        newcomer.close()
    return row is not None and str(row[0]).startswith(COUNTY)
