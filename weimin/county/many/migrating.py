"""One county after another brought to the present tables: files read once, each county in one transaction."""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.migrations import Migration
from django.db.migrations.exceptions import InconsistentMigrationHistory, MigrationSchemaMissing
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from ..context import UnknownCounty, use_county
from ..postgresql.roles import give_role
from ..sealed.ring import KeyTrouble
from ..sealed.standing import check_keys, make_if_new

T = TypeVar("T")
LOCK = 990101  # first half of the number under which a county is migrated by one process at a time


class Migrator:
    """Applies what the chosen county (or the shared shelf) lacks. What does not depend on the county is kept."""

    def __init__(self) -> None:
        self._executor = MigrationExecutor(connection)
        self._targets = self._executor.loader.graph.leaf_nodes()
        self._states: dict[frozenset[tuple[str, str]], ProjectState] = {}

    @property
    def migrations(self) -> Mapping[tuple[str, str], Migration]:
        return self._executor.loader.disk_migrations

    def lacking(self) -> list[Migration]:
        """In the order in which they are applied."""
        loader = self._executor.loader
        applied: Any = self._executor.recorder.applied_migrations()
        loader.applied_migrations = applied
        loader.check_consistent_history(connection)
        return [migration for migration, _backwards in self._executor.migration_plan(self._targets)]

    def migrate(self) -> int:
        """How many were applied: all of them or, where the database can, none."""
        lacking = self.lacking()
        if not lacking:
            return 0
        # SQLite changes tables outside transactions only; so do migrations that say so (indexes of large tables)
        together = connection.vendor == "postgresql" and all(migration.atomic for migration in lacking)
        with _one_at_a_time() if together else nullcontext():
            lacking = self.lacking()  # another process may just have done it
            if not lacking:
                return 0
            plan = [(migration, False) for migration in lacking]
            emit_pre_migrate_signal(0, False, DEFAULT_DB_ALIAS, plan=plan)
            self._executor.migrate(self._targets, plan, state=self._state().clone())
            emit_post_migrate_signal(0, False, DEFAULT_DB_ALIAS, plan=plan)
            return len(lacking)

    def _state(self) -> ProjectState:
        """What the models were before: the same for every county that stands at the same place."""
        before = frozenset(self._executor.loader.applied_migrations)
        if before not in self._states:
            executor: Any = self._executor  # the stubs leave out what Django's own `migrate` calls
            self._states[before] = executor._create_project_state(with_applied_migrations=True)
        return self._states[before]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [LOCK])
        yield


@dataclass(frozen=True)
class Outcome:
    """How it went with one county: how much there was to do, or why it was not done."""

    code: str
    done: int = 0
    trouble: str = ""


Job = Callable[[Migrator, T], Outcome]
_mine: Migrator | None = None


def migrate_counties(codes: Sequence[str], migrator: Migrator, *, processes: int, now: datetime) -> Iterator[Outcome]:
    """Each county in a transaction of its own, as they are done. One that fails holds up no other."""
    return side_by_side(partial(_migrate, now=now), codes, migrator, processes=processes)


def side_by_side(job: Job[T], counties: Sequence[T], migrator: Migrator, *, processes: int) -> Iterator[Outcome]:
    """The same for each county, by so many processes with a connection each. In a transaction, one after another."""
    if processes < 2 or len(counties) < 2 or connection.in_atomic_block:
        yield from (job(migrator, county) for county in counties)
        return
    connections.close_all()  # a connection must not be shared with a child
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=fork, initializer=_begin, initargs=(migrator,)) as pool:
        for done in as_completed([pool.submit(_do, job, county) for county in counties]):
            yield done.result()


def _begin(migrator: Migrator) -> None:
    global _mine
    _mine = migrator


def _do(job: Job[T], county: T) -> Outcome:
    assert _mine is not None
    return job(_mine, county)


def _migrate(migrator: Migrator, code: str, *, now: datetime) -> Outcome:
    """The data keys first, for rows may be sealed on the way; at the end they must open what is there."""
    try:
        with use_county(code):
            make_if_new(now=now)
            done = migrator.migrate()
            check_keys()
            if connection.vendor == "postgresql":
                give_role()
            return Outcome(code, done)
    except (DatabaseError, KeyTrouble, MigrationSchemaMissing, InconsistentMigrationHistory, UnknownCounty) as wrong:
        return Outcome(code, trouble=str(wrong).strip().splitlines()[0])
