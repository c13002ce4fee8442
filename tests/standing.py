"""County B as it stands beside every test on PostgreSQL: rows in each of its tables, and a digest of all of them.

The rows are made once a worker, sealed with the keys of its home. A test that asks for `county_b` is given B empty, for
it counts what is there; afterwards B stands as before.
"""

from datetime import date
from importlib import import_module
from typing import Any

import psycopg
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from psycopg import sql

from tests.again import WITH_THE_TABLES
from weimin.county.context import schema_of, use_county, use_shared

B = "990102"
SCHEMA = schema_of(B)
NOT_GUESSED = ("article_change", "incoming", "service", "token")  # checks of theirs want more than any value
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1"


# --- made once a worker -----------------------------------------------------------------------------------------------


def fill() -> None:
    """At least one row in every table of B: a few matters as the verbs make them, and whatever the others take."""
    cast, good_rows, states, shared = map(
        import_module, ("tests.cast", "tests.matters.good_rows", "weimin.matters.states", "weimin.county.shared.models")
    )
    with use_shared():
        shared.CountyEntry.objects.create(code=B, letters="BH", name_zh="白河县", name_en="Baihe")
    with use_county(B), transaction.atomic():
        people = cast.build()
        for state in (states.State.PUBLISHED, states.State.APPEALED):
            people.matter(state)
        for name in NOT_GUESSED:
            getattr(good_rows, name)(people)
        for _turn in range(2):  # tables between two others come before them as likely as after
            for model in apps.get_models(include_auto_created=True):
                if model._meta.app_label != "shared" and not model._base_manager.exists():
                    _guess(model, cast.NOON)
    with use_shared():
        for model in apps.get_app_config("shared").get_models():
            model.objects.all().delete()


def _guess(model: type[models.Model], now: Any) -> None:
    """One row of whatever fits each column."""
    values = {
        field.name: _any(field, now)
        for field in model._meta.concrete_fields
        if not (field.has_default() or field.null or field.generated or isinstance(field, models.AutoField))
    }
    row = model(**values)
    try:
        with transaction.atomic():
            models.Model.save_base(row, force_insert=True)
    except IntegrityError as wrong:
        if "null value" not in str(wrong):  # what it points to has no row yet
            raise


def _any(field: Any, now: Any) -> Any:
    if field.is_relation:
        return field.related_model._base_manager.first()
    plain = {
        models.DateTimeField: now, models.DateField: date(2026, 9, 29), models.JSONField: {}, models.IntegerField: 1,
        models.BinaryField: b"x", models.BooleanField: False,
    }  # fmt: skip
    for kind, value in plain.items():
        if isinstance(field, kind):
            return value
    return field.choices[0][0] if field.choices else "x"


# --- kept, emptied, filled again ------------------------------------------------------------------------------------


class Neighbour:
    """B in the database of this worker: what it should hold, and by which statement that is seen."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.changed_for_good = False  # by a test that committed
        with self._own() as own:
            self.tables = [name for (name,) in own.execute(TABLES, [SCHEMA])]
            self._rows = {name: self._taken(own, name) for name in self._filled()}
            self._question = " UNION ALL ".join(
                f"SELECT '{name}', md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\")) "
                f'FROM {SCHEMA}."{name}" t'
                for name in self.tables
            )
            self.digests = self._digested(own)

    def _own(self) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True)

    def _filled(self) -> list[str]:
        return [name for name in self.tables if name not in WITH_THE_TABLES]

    def _copy(self, name: str, where: str) -> sql.SQL:
        return sql.SQL(f'COPY {SCHEMA}."{name}" {where}')

    def _taken(self, own: psycopg.Connection, name: str) -> bytes:
        with own.cursor().copy(self._copy(name, "TO STDOUT")) as rows:
            return b"".join(rows)

    def _digested(self, one: psycopg.Connection) -> dict[str, str]:
        return dict(psycopg.Cursor(one).execute(self._question, prepare=True).fetchall())

    def changes(self) -> list[str]:
        """The tables of B that are not as they were, as the test itself sees them before its transaction is undone.

        Where its transaction has failed nothing of it can stay, and what others see is asked for.
        """
        server = connection.connection
        if server is None or server.closed or server.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
            with self._own() as own:
                found = self._digested(own)
        else:
            if connection._role is not None:  # in a county's role nobody sees another county
                connection._act_as(None)
            found = self._digested(server)
        if found == self.digests:
            return []
        self.changed_for_good = True
        changed = sorted(name for name, digest in self.digests.items() if found.get(name) != digest)
        return [f"rows of the neighbouring county changed: {', '.join(changed)}"]

    def _emptied(self) -> str:
        """As owner, who may lift the ledger's guard for a moment. TRUNCATE would make three hundred files anew."""
        guard = f"DELETE ON {SCHEMA}.ledger_entry"
        rows = "; ".join(f'DELETE FROM {SCHEMA}."{name}"' for name in self._filled())
        return f"GRANT {guard} TO CURRENT_USER; {rows}; REVOKE {guard} FROM CURRENT_USER"

    def empty(self) -> None:
        """In the transaction of whoever asks."""
        with use_county(B), connection.cursor() as cursor:
            cursor.execute(self._emptied())
            # looked at now: a table with keys still to be looked at cannot be altered
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        self.changed_for_good = not connection.in_atomic_block

    def restore(self) -> None:
        """B as it was made, committed."""
        with self._own() as own, own.transaction():
            own.execute(self._emptied())
            for name, rows in self._rows.items():
                with own.cursor().copy(self._copy(name, "FROM STDIN")) as there:
                    there.write(rows)
        with self._own() as own:
            assert self._digested(own) == self.digests, "county B could not be made as it was"
        self.changed_for_good = False


neighbour: Neighbour | None = None


def open_neighbour(url: str) -> None:
    global neighbour
    fill()
    connection.close()
    neighbour = Neighbour(url)
