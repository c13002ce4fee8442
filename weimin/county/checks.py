"""What must hold before a county may be served."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import connection

from .context import use_shared


def county_tables_stay_home(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """A county table in `public` would answer wherever a county's own is missing, with another's rows."""
    if connection.vendor != "postgresql" or "default" not in (databases or ()):
        return []
    with use_shared(), connection.cursor() as cursor:
        standing = {table.name for table in connection.introspection.get_table_list(cursor)}
    astray = sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label != "shared" and model._meta.db_table in standing
    )
    if not astray:
        return []
    return [
        Error(
            f"County tables stand in the shared schema `public`: {', '.join(astray)}.",
            hint="Move their rows to the county's own schema, drop them, and run bin/weimin county migrate.",
            id="county.E001",
        )
    ]
