"""Django's PostgreSQL with one schema per county. Each statement runs in the schema chosen by `use_county`."""

import select
from functools import lru_cache
from time import monotonic
from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError, RawCursor, errors, pq

from weimin.county.context import SHARED, UnknownCounty, chosen_schema
from weimin.kernel.chosen import as_its_role
from weimin.kernel.failpoint import failpoint_soon

from .introspection import DatabaseIntrospection
from .roles import role_of
from .schema import DatabaseSchemaEditor

# The path is set only where the schema exists: set_config is computed for the row found, and no row is no county.
# To compile a statement (jit) took 3 s where all of it takes 0.1: the planner guesses wrong when that is worth it.
CHOOSE = """
SELECT set_config('search_path', %s, false),
       EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = %s AND pg_has_role(session_user, r.oid, 'MEMBER')),
       set_config('jit', 'off', false)
FROM pg_catalog.pg_namespace WHERE nspname = %s
"""
UNKNOWN = "?"  # whatever a savepoint has brought back
QUIET = 5.0  # seconds: a connection not used for longer is asked whether its server still stands


class PreparedCursor(base.CursorMixin, RawCursor):
    """For statements that come again at every request: the server reads and plans each once a connection.

    Whole numbers travel as words, so that the server tells their size from the column: one statement stays one. A
    connection has one, which asks and reads one statement after the other: what it has learnt of our types it learns
    once. So it is never closed; it holds nothing at the server.
    """

    def close(self) -> None:
        """Nothing: the next one who asks goes on with it."""

    def execute(self, query: Any, params: Any = None, **_more: Any) -> Any:
        values = [str(value) if type(value) is int else value for value in params or ()]
        return super().execute(numbered(query), values, prepare=True)


@lru_cache(maxsize=500)
def numbered(sql: str) -> str:
    """`%s, %s` → `$1, $2`, as the server itself counts."""
    first, *rest = sql.split("%s")
    return first + "".join(f"${at}{part}" for at, part in enumerate(rest, start=1))


def _said(line: pq.abc.PGconn, words: str) -> None:
    """Words without an answer, said on the bare line. A server that was killed leaves none of its error codes."""
    done = line.exec_(words.encode())
    if line.status == pq.ConnStatus.BAD:
        raise OperationalError(line.get_error_message())
    if done.status != pq.ExecStatus.COMMAND_OK:
        raise errors.error_from_result(done)


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the context which county is meant before every cursor, and tells the server only when that changed."""

    # int identities run out on Citus workers, whose numbers start at 2^48
    data_types = {**base.DatabaseWrapper.data_types, "AutoField": "bigint", "SmallAutoField": "bigint"}
    introspection_class = DatabaseIntrospection
    SchemaEditorClass = DatabaseSchemaEditor

    _used_at = 0.0
    _prepared: PreparedCursor | None = None
    _schema: str | None = None
    _connecting = False
    _has_role = False  # whether the entered county has a role of its own that we may take
    _role: str | None = None  # the one taken in this transaction

    def get_connection_params(self) -> dict[str, Any]:
        """Statements may be prepared, by those cursors that do; not behind a pooler that keeps none."""
        may = self.settings_dict.get("PREPARED_STATEMENTS", True)
        return {**super().get_connection_params(), "prepare_threshold": 5 if may else None}

    def connect(self) -> None:
        self._schema, self._role, self._prepared, self._connecting = None, None, None, True
        try:
            super().connect()
        finally:
            self._connecting = False

    def _commit(self) -> None:
        failpoint_soon("in_commit")
        super()._commit()  # type: ignore[misc]  # the stubs leave it out

    def _set_autocommit(self, autocommit: bool) -> None:
        self._role = None  # SET LOCAL ends with its transaction
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # the stubs leave it out

    def rollback(self) -> None:
        self._schema = self._role = None  # ROLLBACK undoes SET
        super().rollback()

    def _savepoint_rollback(self, sid: str) -> None:
        # The transaction has failed, so the path cannot be changed first: roll back whatever the chosen county.
        with super()._cursor() as cursor:  # type: ignore[misc]  # the stubs leave it out
            cursor.execute(self.ops.savepoint_rollback_sql(sid))
        self._schema, self._role = None, UNKNOWN

    def is_usable(self) -> bool:
        """Whether its server still stands. It costs a statement only where nothing was heard of it for a while, or
        where there is something to read on a line that should be silent: that is how a server says it ends."""
        before, self._used_at = self._used_at, monotonic()
        if self.connection is None or self.connection.closed:  # a line that was lost has nothing left to look at
            return False
        if self._used_at - before < QUIET:
            line = select.poll()
            line.register(self.connection.pgconn.socket, select.POLLIN)
            if not line.poll(0):
                return True
        return bool(super().is_usable())

    def prepared_cursor(self) -> Any:
        """A cursor for the few statements that every request brings, in the chosen county as any other."""
        self.close_if_health_check_failed()
        self._stand_where_chosen()
        if self._prepared is None:
            self._prepared = PreparedCursor(self.connection)
        with self.wrap_database_errors:
            return self._prepare_cursor(self._prepared)  # type: ignore[attr-defined]

    def _cursor(self, name: str | None = None) -> Any:
        self._stand_where_chosen()
        return super()._cursor(name)  # type: ignore[misc]  # the stubs leave it out

    def _stand_where_chosen(self) -> None:
        self.ensure_connection()
        # in a failed transaction nothing can be said to the server, and Django refuses the query itself
        if not self._connecting:
            schema = chosen_schema()
            if not self.needs_rollback:
                if schema != self._schema:
                    self._enter(schema)
                if self.in_atomic_block and schema != SHARED:
                    self._act_as(role_of(schema) if as_its_role.get() and self._has_role else None)

    def _enter(self, schema: str) -> None:
        path = SHARED if schema == SHARED else f'"{schema}", {SHARED}'
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            known = cursor.execute(CHOOSE, [path, role_of(schema), schema]).fetchone()
        if known is None:
            raise UnknownCounty(f"{schema} does not exist in this database. bin/weimin county migrate creates it.")
        self._schema, self._has_role = schema, known[1]

    def _act_as(self, role: str | None) -> None:
        """The rest of this transaction as this role. At its beginning that is said in the same breath as BEGIN."""
        if role == self._role:
            return
        words = f'SET LOCAL ROLE "{role}"' if role else "SET LOCAL ROLE NONE"
        with self.wrap_database_errors:
            if self.connection.pgconn.transaction_status == pq.TransactionStatus.IDLE:
                _said(self.connection.pgconn, f"BEGIN; {words}")
            else:
                with self.connection.cursor() as cursor:
                    cursor.execute(words)
        self._role = role
