"""Migration steps for tables that are too large to be locked: the county goes on being served meanwhile.

Use them in a migration with `atomic = False`; inside a transaction they do what Django's own steps do. One that was
interrupted can be run again. SQLite has one writer and no such way: there they are Django's own steps.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddIndex
from django.db.migrations.state import ProjectState


class AddIndexLive(AddIndex):
    """CREATE INDEX CONCURRENTLY: reads the table twice, and waits for nobody who writes."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not _can_wait(schema_editor) or not self.allow_migrate_model(schema_editor.connection.alias, model):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        concurrently: dict[str, Any] = {"concurrently": True}
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.index.name)}")
        schema_editor.add_index(model, self.index, **concurrently)


class AddConstraintLive(AddConstraint):
    """A check that holds for every new row at once, and for the standing ones after a scan that locks nobody out."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not _can_wait(schema_editor) or not self.allow_migrate_model(schema_editor.connection.alias, model):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        table, name = map(schema_editor.quote_name, (model._meta.db_table, self.constraint.name))
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        create = self.constraint.create_sql(model, schema_editor)
        schema_editor.execute(f"{create} NOT VALID", params=None)
        schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _can_wait(schema_editor: BaseDatabaseSchemaEditor) -> bool:
    connection = schema_editor.connection
    return connection.vendor == "postgresql" and not connection.in_atomic_block
