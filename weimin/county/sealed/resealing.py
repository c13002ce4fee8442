"""All rows with sealed values: which are behind the newest key, sealing them anew, and whether the keys open them."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, models, transaction

from weimin.kernel.progress import Progress

from .files import ring
from .holders import ANY, Holder, Model, OfModel, fields_of, holders, key_named
from .ring import KeyTrouble

_BATCH = 500


def count_behind() -> int:
    """Rows with a value that the newest key has not sealed."""
    mark = ring().newest.mark
    return sum(holder.behind(mark).count() for holder in holders())


def count_by(mark: str) -> int:
    """Rows with a value sealed so."""
    return sum(holder.by(mark).count() for holder in holders())


def count_all() -> int:
    """Rows of every table with sealed values."""
    return sum(holder.model._base_manager.count() for holder in holders())


def reseal(step: Callable[[int], None]) -> int:
    """Seal by the newest key what another has sealed, a batch a transaction; cut off, it goes on where it was."""
    return sum(reseal_rows(holder, step) for holder in holders())


def reseal_rows(holder: Holder, step: Callable[[int], None]) -> int:
    """The same for one table. Without rows it needs no key: a county's tables are made before it has one."""
    if not holder.model._base_manager.exists():
        return 0
    done = 0
    while count := _reseal_some(holder):
        done += count
        step(count)
    return done


@transaction.atomic
def _reseal_some(holder: Holder) -> int:
    behind = holder.behind(ring().newest.mark).order_by("pk")
    if connection.vendor == "postgresql":
        behind = behind.select_for_update()
    rows = list(behind[:_BATCH])
    for row in rows:
        holder.seal(row)
    return len(rows)


def seal_rows_of(room: str, name: str, state: Any, editor: Any) -> None:
    """For migrations: seal the rows of a table written before its fields were sealed. Safe to run again."""
    model = state.get_model(room, name)
    total = _count(f"SELECT count(*) FROM {_table(model)} WHERE {_is_plain(model)}")  # noqa: S608 -- our own names
    if not total:
        return
    holder = OfModel(model)
    names = {field.name for field in fields_of(model)} | {field.row for field in fields_of(model)}
    with Progress(total, f"Sealing {model._meta.db_table}") as progress:
        while rows := _plain_rows(model, sorted(names)):
            for row in rows:
                holder.seal(row)
            progress.step(len(rows))


def _plain_rows(model: Model, names: list[str]) -> list[models.Model]:
    """Rows that are not sealed yet; what tells them apart is given to those that have nothing."""
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {columns} FROM {_table(model)} WHERE {_is_plain(model)} ORDER BY id LIMIT {_BATCH}"  # noqa: S608
        )
        found = cursor.fetchall()
    rows = []
    for pk, *values in found:
        told = dict(zip(names, values, strict=True))
        rows.append(model(pk=pk, **{name: value for name, value in told.items() if value != ""}))
    return rows


def _is_plain(model: Model) -> str:
    names = [connection.ops.quote_name(str(field.column)) for field in fields_of(model)]
    return " OR ".join(f"({name} <> '' AND {name} NOT LIKE '{ANY}%')" for name in names)


def _table(model: Model) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


# --- do the keys fit? -----------------------------------------------------------------------------------------------


def is_anything_sealed() -> bool:
    """Whether the chosen county holds a value that needs a key; also where its tables are not made yet."""
    here = set(connection.introspection.table_names())
    return any(holder.by(ANY).exists() for holder in holders() if holder.model._meta.db_table in here)


def try_keys() -> None:
    """Open the oldest and the newest row of each table; KeyTrouble if one does not open."""
    for holder in holders():
        rows = holder.by(ANY)
        for row in filter(None, (rows.order_by("pk").first(), rows.order_by("-pk").first())):
            holder.open(row)


def open_all(step: Callable[[int], None]) -> Counter[str]:
    """Open every sealed value: how many did, and which tables hold such as do not."""
    found: Counter[str] = Counter()
    for holder in holders():
        for row in holder.model._base_manager.order_by("pk").iterator(chunk_size=_BATCH):
            try:
                found["opened"] += holder.open(row)
            except KeyTrouble:
                found[holder.model._meta.db_table] += 1
            step(1)
    return found


def count_by_key() -> Iterator[tuple[str, int]]:
    """Each key on the ring or in the tables, and how many rows it has sealed; a row sealed by two counts for both."""
    named = {key_id for holder in holders() for head in holder.heads() if (key_id := key_named(head))}
    for key_id in sorted({key.id for key in ring().keys} | named):
        yield key_id, count_by(f"{ANY}{key_id}.")
