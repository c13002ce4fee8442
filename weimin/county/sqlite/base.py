"""Django's SQLite, which answers no question before a county is chosen."""

import threading
from typing import Any

from django.db.backends.sqlite3 import base

from weimin.county.context import chosen_schema
from weimin.kernel.failpoint import failpoint_soon

# SQLite has one writer at a time. Those of one process queue here, first come first served: at the file itself they
# would sleep for longer and longer and try again, and one in a hundred would wait for a second.
_writer = threading.Lock()
LONGEST = 20.0  # seconds, as SQLite's own `timeout`: then it is SQLite that says it is locked


class DatabaseWrapper(base.DatabaseWrapper):
    """The same rule as on PostgreSQL, so that a forgotten choice is found on a developer's machine."""

    _is_writer = False

    def _start_transaction_under_autocommit(self) -> None:
        self._is_writer = _writer.acquire(timeout=LONGEST)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs leave it out
        except BaseException:
            self._let_the_next()
            raise

    def _commit(self) -> None:
        failpoint_soon("in_commit")
        super()._commit()  # type: ignore[misc]  # the stubs leave it out
        self._let_the_next()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._let_the_next()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._let_the_next()

    def _let_the_next(self) -> None:
        if self._is_writer:
            self._is_writer = False
            _writer.release()

    def _cursor(self, name: str | None = None) -> Any:
        chosen_schema()
        return super()._cursor(name)  # type: ignore[misc]  # the stubs leave it out
