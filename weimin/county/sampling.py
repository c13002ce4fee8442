"""Behind a pooler that hands a connection on without its search path, a page could read another county.

So now and then the database is asked where it stands. If that is not the chosen county, this process serves nobody any
more until it is started again: no answer is better than another county's.
"""

import itertools
import logging

import psycopg
from django.db import DatabaseError, InterfaceError, connection

from .context import UnknownCounty, chosen_schema

EVERY = 50  # requests; the first of a process is always looked at

log = logging.getLogger(__name__)
_requests = itertools.count()
_astray = False


def is_astray() -> bool:
    """Whether this process has met another county than it chose. Looks now and then: one small question."""
    global _astray
    if not _astray and connection.vendor == "postgresql" and next(_requests) % EVERY == 0:
        _astray = _stands_elsewhere()
    return _astray


def was_astray() -> bool:
    """The same without looking."""
    return _astray


def _stands_elsewhere() -> bool:
    try:
        with connection.cursor() as ours:
            found = ours.cursor.execute("SELECT current_schema()").fetchone()[0]
    except (DatabaseError, InterfaceError, UnknownCounty, psycopg.Error):
        return False  # a database that does not answer is met, and told, by the page itself
    if found == chosen_schema():
        return False
    log.critical(
        "the connection stands in another county: a pooler changes search_path, and nothing is served any more"
    )
    return True
