"""Migration steps for tables that are too large to be locked: the county goes on being served meanwhile.

Use them in a migration with `atomic = False`; inside a transaction they do what Django's own steps do. One that was
interrupted can be run again. SQLite has one writer and no such way: there they are Django's own steps.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddIndex, AlterField
from django.db.migrations.operations.base import Operation
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


class RemoveKeyIndex(AlterField):
    """A foreign key without its index, and nothing else: Django's AlterField would look at every row again."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        kept = {index.name for index in model._meta.indexes} | {one.name for one in model._meta.constraints}
        with schema_editor.connection.cursor() as cursor:
            found = schema_editor.connection.introspection.get_constraints(cursor, model._meta.db_table)
        column = model._meta.get_field(self.name).column
        for name, one in found.items():
            if one["columns"] == [column] and one["index"] and not one["unique"] and name not in kept:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        super().database_forwards(app_label, schema_editor, from_state, to_state)


class RemoveLikeIndexes(Operation):
    """The second index of each unique word, which earlier versions made on PostgreSQL: `postgresql/schema.py`."""

    FOUND = """
        SELECT i.indexrelid::regclass::text FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[0]
        WHERE i.indrelid = to_regclass(%s) AND i.indnatts = 1
          AND o.opcname IN ('varchar_pattern_ops', 'text_pattern_ops')
    """
    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(self.FOUND, [table])
            for (name,) in cursor.fetchall():
                schema_editor.execute(f"DROP INDEX {name}")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """They answered no question, so they are not made again."""

    def describe(self) -> str:
        return f"Remove the second index of each unique word of {self.model_name}"


def _can_wait(schema_editor: BaseDatabaseSchemaEditor) -> bool:
    connection = schema_editor.connection
    return connection.vendor == "postgresql" and not connection.in_atomic_block
