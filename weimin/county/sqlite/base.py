"""Django's SQLite, which answers no question before a county is chosen."""

from typing import Any

from django.db.backends.sqlite3 import base

from weimin.county.context import chosen_schema


class DatabaseWrapper(base.DatabaseWrapper):
    """The same rule as on PostgreSQL, so that a forgotten choice is found on a developer's machine."""

    def _cursor(self, name: str | None = None) -> Any:
        chosen_schema()
        return super()._cursor(name)  # type: ignore[misc]  # the stubs leave it out
