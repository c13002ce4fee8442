"""What has failed under us, told apart for whoever waits: no room left, the database away, or our own fault."""

import errno
import sqlite3

from django.db import InterfaceError, OperationalError

NO_ROOM, AWAY, OUR_FAULT = 507, 503, 500
RETRY_AFTER = {NO_ROOM: "30", AWAY: "5"}
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_POSTGRESQL_FULL = "53100"


def status_of(error: BaseException | None) -> int:
    """NO_ROOM, AWAY or OUR_FAULT: the first two pass without anybody mending the program."""
    if no_room(error):
        return NO_ROOM
    return AWAY if isinstance(error, OperationalError | InterfaceError) else OUR_FAULT


def no_room(error: BaseException | None) -> bool:
    """Whether a full disk or quota is behind it: of a file, of SQLite, or as PostgreSQL tells it."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            return True
        if getattr(error, "sqlstate", None) == _POSTGRESQL_FULL:
            return True
        error = error.__cause__
    return False
