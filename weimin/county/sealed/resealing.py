"""All rows with sealed fields: which are behind the newest key, sealing them anew, and whether the keys open them."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Q

from weimin.kernel.progress import Progress

from .fields import BlindIndex, SealedField
from .files import ring
from .ring import CIPHER, SEALED, KeyTrouble

_BATCH = 500
_SEALED = f"{CIPHER}."

Model = type[models.Model]


def sealed_models() -> list[Model]:
    """Every table with a sealed field."""
    return [model for model in apps.get_models() if fields_of(model)]


def fields_of(model: Model) -> list[SealedField]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, SealedField)]


def count_behind() -> int:
    """Rows with a value that the newest key has not sealed."""
    mark = ring().newest.mark
    return sum(_any(model, "not_by", mark).count() for model in sealed_models())


def count_by(mark: str) -> int:
    """Rows with a value sealed so."""
    return sum(_any(model, "by", mark).count() for model in sealed_models())


def reseal(step: Callable[[int], None]) -> int:
    """Seal by the newest key what another has sealed, a batch a transaction; cut off, it goes on where it was."""
    done = 0
    for model in sealed_models():
        while count := _reseal_some(model):
            done += count
            step(count)
    return done


@transaction.atomic
def _reseal_some(model: Model) -> int:
    behind = _any(model, "not_by", ring().newest.mark).order_by("pk")
    if connection.vendor == "postgresql":
        behind = behind.select_for_update()
    rows = list(behind[:_BATCH])
    for row in rows:
        write_sealed(model, row)
    return len(rows)


def write_sealed(model: Model, row: models.Model) -> None:
    """The sealed and blind columns of one row, from what it says in the program, and what they are bound to."""
    columns = [*fields_of(model), *(f for f in model._meta.local_concrete_fields if isinstance(f, BlindIndex))]
    values = {field.row: getattr(row, field.row) for field in fields_of(model)}
    values |= {field.name: field.pre_save(row, False) for field in columns}
    model._base_manager.filter(pk=row.pk).update(**values)


def seal_rows_of(room: str, name: str, state: Any, editor: Any) -> None:
    """For migrations: seal the rows of a table written before its fields were sealed. Safe to run again."""
    model = state.get_model(room, name)
    total = _count(f"SELECT count(*) FROM {_table(model)} WHERE {_is_plain(model)}")  # noqa: S608 -- our own names
    if not total:
        return
    names = {field.name for field in fields_of(model)} | {field.row for field in fields_of(model)}
    with Progress(total, f"Sealing {model._meta.db_table}") as progress:
        while rows := _plain_rows(model, sorted(names)):
            for row in rows:
                write_sealed(model, row)
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
    return " OR ".join(f"({name} <> '' AND {name} NOT LIKE '{_SEALED}%')" for name in names)


def _table(model: Model) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def _any(model: Model, asked: str, mark: str) -> models.QuerySet[Any]:
    condition = Q()
    for field in fields_of(model):
        condition |= Q(**{f"{field.name}__{asked}": mark})
    return model._base_manager.filter(condition)


# --- do the keys fit? -----------------------------------------------------------------------------------------------


def is_anything_sealed() -> bool:
    """Whether the chosen county holds a value that needs a key; also where its tables are not made yet."""
    here = set(connection.introspection.table_names())
    return any(_any(model, "by", _SEALED).exists() for model in sealed_models() if model._meta.db_table in here)


def try_keys() -> None:
    """Open the oldest and the newest row of each table; KeyTrouble if one does not open."""
    for model in sealed_models():
        rows = _any(model, "by", _SEALED)
        for row in filter(None, (rows.order_by("pk").first(), rows.order_by("-pk").first())):
            open_row(model, row)


def open_row(model: Model, row: models.Model) -> int:
    """How many sealed values of the row opened; KeyTrouble at the first that does not."""
    return sum(getattr(row, field.attname) != "" for field in fields_of(model))


def open_all(step: Callable[[int], None]) -> Counter[str]:
    """Open every sealed value: how many did, and which tables hold such as do not."""
    found: Counter[str] = Counter()
    for model in sealed_models():
        for row in model._base_manager.order_by("pk").iterator(chunk_size=_BATCH):
            try:
                found["opened"] += open_row(model, row)
            except KeyTrouble:
                found[model._meta.db_table] += 1
            step(1)
    return found


def count_by_key() -> Iterator[tuple[str, int]]:
    """Each key on the ring or in the tables, and how many rows it has sealed; a row sealed by two counts for both."""
    ids: set[str] = {key.id for key in ring().keys}
    for model in sealed_models():
        ids |= _ids_in(model)
    for key_id in sorted(ids):
        yield key_id, count_by(f"{_SEALED}{key_id}.")


def _ids_in(model: Model) -> set[str]:
    found: set[str] = set()
    for field in fields_of(model):
        column = connection.ops.quote_name(str(field.column))
        with connection.cursor() as cursor:
            head = f"substr({column}, 1, {len(_SEALED) + 9})"  # cipher and key
            cursor.execute(f"SELECT DISTINCT {head} FROM {_table(model)} WHERE {column} <> ''")  # noqa: S608 -- ours
            found |= {match[2] for (word,) in cursor.fetchall() if (match := SEALED.fullmatch(f"{word}x"))}
    return found
