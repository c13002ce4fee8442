"""How tables are made in a county's schema."""

from typing import Any

from django.db.backends.postgresql import schema


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Beside each unique word Django makes a second index for LIKE 'x%', as large as the first. Nobody asks it."""

    def _create_like_index_sql(self, model: Any, field: Any) -> None:
        return None
