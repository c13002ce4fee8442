"""Django's PostgreSQL with one schema per county. Each statement runs in the schema chosen by `use_county`."""

from typing import Any

from django.db.backends.postgresql import base

from weimin.county.context import SHARED, UnknownCounty, chosen_schema
from weimin.kernel.failpoint import failpoint_soon

from .introspection import DatabaseIntrospection

# The path is set only where the schema exists: set_config is computed for the row found, and no row is no county.
CHOOSE = "SELECT set_config('search_path', %s, false) FROM pg_catalog.pg_namespace WHERE nspname = %s"


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the context which county is meant before every cursor, and tells the server only when that changed."""

    # int identities run out on Citus workers, whose numbers start at 2^48
    data_types = {**base.DatabaseWrapper.data_types, "AutoField": "bigint", "SmallAutoField": "bigint"}
    introspection_class = DatabaseIntrospection

    _schema: str | None = None
    _connecting = False

    def connect(self) -> None:
        self._schema, self._connecting = None, True
        try:
            super().connect()
        finally:
            self._connecting = False

    def _commit(self) -> None:
        failpoint_soon("in_commit")
        super()._commit()  # type: ignore[misc]  # the stubs leave it out

    def rollback(self) -> None:
        self._schema = None  # ROLLBACK undoes SET
        super().rollback()

    def _savepoint_rollback(self, sid: str) -> None:
        # The transaction has failed, so the path cannot be changed first: roll back whatever the chosen county.
        with super()._cursor() as cursor:  # type: ignore[misc]  # the stubs leave it out
            cursor.execute(self.ops.savepoint_rollback_sql(sid))
        self._schema = None

    def _cursor(self, name: str | None = None) -> Any:
        self.ensure_connection()
        if not self._connecting:
            schema = chosen_schema()
            # in a failed transaction nothing can be said to the server, and Django refuses the query itself
            if schema != self._schema and not self.needs_rollback:
                self._enter(schema)
        return super()._cursor(name)  # type: ignore[misc]  # the stubs leave it out

    def _enter(self, schema: str) -> None:
        path = SHARED if schema == SHARED else f'"{schema}", {SHARED}'
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            known = cursor.execute(CHOOSE, [path, schema]).fetchone()
        if known is None:
            raise UnknownCounty(f"{schema} does not exist in this database. bin/weimin county migrate creates it.")
        self._schema = schema
