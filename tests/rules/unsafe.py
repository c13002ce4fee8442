"""Migrations under which old code cannot go on serving: expand first, contract a release later.

While a release goes out, the old code runs on the new tables, and after a withdrawal it does so again. Each rule says
what would fail then, or what would hold everybody up. `docs/operate/upgrade.md` says what to write instead.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as steps
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.rules.citus import PLANNED
from weimin.county.live import AddConstraintLive, AddIndexLive, RemoveKeyIndex

# As large as the county grows: a lock, a rewriting or a scan of these is felt at every desk.
LARGE = {
    "ledger.entry", "households.resident", "households.reading", "notices.notice", "county.answeredrequest",
    "matters.matter", "matters.event", "matters.answer", "matters.contact", "matters.attachment", "matters.rating",
    "matters.publication",
}  # fmt: skip

LIVE = (AddIndexLive, AddConstraintLive)

BARE = "NOT NULL without db_default: old code cannot insert"
GONE = "taken away: old code still asks for it"
RENAMED = "renamed: old code knows the old name only"
LOCKED = "an index built under a lock on a large table: AddIndexLive, in a migration with atomic = False"
REWRITTEN = "another type: the table is rewritten under a lock"
NULLED = "NULL forbidden: old code may still write it"
NARROWED = "unique or referred from now on: old code may write what is refused"
CONSTRAINED = "a constraint on a column that old code writes: it may be refused"
SCANNED = "a constraint checked under a lock on a large table: AddConstraintLive, with atomic = False"
FILLED = "rows changed in the migration: a command that can be stopped and repeated, in small transactions"
HALF = "atomic = False with a step that cannot be run again: live steps alone"
SEVERAL = "locks on several large tables in one transaction: requests and it may wait for each other"


def findings(migration: Migration, before: ProjectState) -> list[str]:
    """What breaks which rule, as `step: rule`; the tables that this migration makes itself are its own affair."""
    state, own, locked = before.clone(), set(), set()
    fresh: set[tuple[str, str]] = set()  # columns of this migration
    wrong = []
    for step in migration.operations:
        table = f"{migration.app_label}.{_model(step)}"
        if isinstance(step, steps.CreateModel):
            own.add(table)
        elif table not in own and not isinstance(step, RemoveKeyIndex):  # nobody notices an index that is gone
            after = state.clone()
            step.state_forwards(migration.app_label, after)
            wrong += [f"{_told(step)}: {rule}" for rule in _breaks(step, migration, state, after, fresh)]
            if table in LARGE and _locks(step, migration, state, after):
                locked.add(table)
        if isinstance(step, steps.AddField):
            fresh.add((table, step.name.lower()))
        step.state_forwards(migration.app_label, state)
    if len(locked) > 1 and migration.atomic:
        wrong.append(f"{', '.join(sorted(locked))}: {SEVERAL}")
    if not migration.atomic and not all(isinstance(step, LIVE) for step in migration.operations):
        wrong.append(HALF)
    return wrong


def _breaks(
    step: Any, migration: Migration, before: ProjectState, after: ProjectState, fresh: set[tuple[str, str]]
) -> Iterator[str]:
    table = f"{migration.app_label}.{_model(step)}"
    if isinstance(step, steps.AddField):
        yield from _added(step.field)
    elif isinstance(step, steps.RemoveField | steps.DeleteModel):
        yield GONE
    elif isinstance(step, steps.RenameField | steps.RenameModel | steps.AlterModelTable):
        yield RENAMED
    elif isinstance(step, steps.AddIndex):
        if table in LARGE and not _live(step, migration):
            yield LOCKED
    elif isinstance(step, steps.AlterField):
        model = (migration.app_label, _model(step))
        yield from _altered(*(state.models[model].fields[step.name] for state in (before, after)), table in LARGE)
    elif isinstance(step, steps.AddConstraint):
        yield from _constrained(step, table, fresh)
        if table in LARGE and not _live(step, migration):
            yield SCANNED
    elif isinstance(step, steps.RunPython | steps.RunSQL):
        yield FILLED
    elif isinstance(step, steps.AlterUniqueTogether | steps.AlterIndexTogether):
        yield NARROWED


def _added(field: models.Field) -> Iterator[str]:
    if not field.many_to_many and not field.null and field.db_default is models.NOT_PROVIDED:
        yield BARE
    if field.unique:
        yield NARROWED


def _altered(old: models.Field, new: models.Field, large: bool) -> Iterator[str]:
    if old.get_attname_column()[1] != new.get_attname_column()[1]:
        yield RENAMED
    if not _wider(old, new):
        yield REWRITTEN
    if old.null and not new.null:
        yield NULLED
    if new.unique and not old.unique:
        yield NARROWED
    if large and new.db_index and not (old.db_index or old.unique):
        yield LOCKED


def _wider(old: models.Field, new: models.Field) -> bool:
    """The same type, or one that PostgreSQL takes without reading a row."""
    before, after = old.db_type(PLANNED), new.db_type(PLANNED)
    if before == after:
        return True
    lengths = getattr(old, "max_length", None), getattr(new, "max_length", None)
    both_words = str(before).startswith("varchar") and str(after).startswith("varchar")
    return str(before).startswith("varchar") and (
        after == "text" or (both_words and None not in lengths and lengths[1] >= lengths[0])
    )


def _constrained(step: steps.AddConstraint, table: str, fresh: set[tuple[str, str]]) -> Iterator[str]:
    constraint = step.constraint
    if isinstance(constraint, models.CheckConstraint):
        named = {part.split("__")[0] for part in _names(constraint.condition)}
    else:
        named = set(getattr(constraint, "fields", ())) or {"?"}
    if any((table, name) not in fresh for name in named):
        yield CONSTRAINED


def _names(condition: Any) -> Iterator[str]:
    """The columns a condition speaks of."""
    if isinstance(condition, models.Q):
        for child in condition.children:
            yield from _names(child)
    elif isinstance(condition, tuple):
        yield condition[0]
        yield from _names(condition[1])
    elif isinstance(condition, models.F):
        yield condition.name
    else:
        for inner in getattr(condition, "get_source_expressions", list)():
            yield from _names(inner)


def _live(step: Any, migration: Migration) -> bool:
    return isinstance(step, LIVE) and not migration.atomic


def _locks(step: Any, migration: Migration, before: ProjectState, after: ProjectState) -> bool:
    """Whether the step waits for everybody who uses the table, and everybody for it."""
    if isinstance(step, steps.AlterField):
        model = (migration.app_label, _model(step))
        old, new = (state.models[model].fields[step.name] for state in (before, after))
        return _column(old) != _column(new)
    return not isinstance(step, steps.AlterModelOptions | steps.AlterModelManagers) and not _live(step, migration)


def _column(field: models.Field) -> tuple[Any, ...]:
    """What the database knows of a field; its words and choices it does not."""
    return field.get_attname_column()[1], field.db_type(PLANNED), field.null, field.unique, field.db_index


def _model(step: Any) -> str:
    return str(getattr(step, "model_name", None) or getattr(step, "name", None) or "").lower()


def _told(step: Any) -> str:
    more = getattr(step, "index", None) or getattr(step, "constraint", None)
    inner = more.name if more is not None else getattr(step, "name", None)
    names = (getattr(step, "model_name", None), inner or getattr(step, "old_name", None))
    return " ".join([type(step).__name__, ".".join(str(name) for name in names if name)]).strip()


def of_the_house() -> dict[str, list[str]]:
    """`room.0002_name` → what it breaks, for each migration of ours that breaks something."""
    loader = MigrationLoader(None)
    found = {}
    for key, migration in sorted((loader.disk_migrations or {}).items()):
        if not type(migration).__module__.startswith("weimin.") or _first_of_its_room(migration):
            continue
        wrong = findings(migration, loader.project_state([key], at_end=False))
        if wrong:
            found[".".join(key)] = wrong
    return found


def _first_of_its_room(migration: Migration) -> bool:
    return migration.name.startswith("0001_")
