"""Django's SQLite, which answers no question before a county is chosen."""

from typing import Any

from django.db.backends.sqlite3 import base

from weimin.county.context import chosen_schema
from weimin.kernel.failpoint import failpoint_soon


class DatabaseWrapper(base.DatabaseWrapper):
    """The same rule as on PostgreSQL, so that a forgotten choice is found on a developer's machine."""

    def _commit(self) -> None:
        failpoint_soon("in_commit")
        super()._commit()  # type: ignore[misc]  # the stubs leave it out

    def _cursor(self, name: str | None = None) -> Any:
        chosen_schema()
        return super()._cursor(name)  # type: ignore[misc]  # the stubs leave it out
