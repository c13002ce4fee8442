"""Which tables stand where: the shared shelf in `public`, everything else in each county's schema."""

from django.db import connections

from .context import SHARED, current


class SchemaRouter:
    """On SQLite both stand in the one file."""

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        if connections[db].vendor == "sqlite":
            return True
        return (app_label == "shared") == (current.get() == SHARED)
