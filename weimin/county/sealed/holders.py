"""The tables that hold sealed values: models with sealed fields, second factors, sessions. One way to ask them all."""

from collections.abc import Iterable
from typing import Any, Protocol

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.db.models import Q, QuerySet

from ..sessions import SessionStore
from .fields import BlindIndex, SealedField
from .ring import CIPHER, SEALED
from .sign_ins import is_sealed, open_factor, open_session, seal_factor

ANY = f"{CIPHER}."  # how every sealed value begins

Model = type[models.Model]


class Holder(Protocol):
    """A table with sealed values. A mark is how a value begins that one key has sealed."""

    model: Model

    def by(self, mark: str) -> QuerySet[Any]:
        """Rows with a value sealed so."""

    def behind(self, mark: str) -> QuerySet[Any]:
        """Rows with a value that is sealed in another way, or not at all."""

    def seal(self, row: Any) -> None:
        """Write the row's values anew, sealed by the newest key."""

    def open(self, row: Any) -> int:
        """How many sealed values of the row opened; KeyTrouble at the first that does not."""

    def heads(self) -> Iterable[str]:
        """How the values begin, each way once."""


def holders() -> list[Holder]:
    return [*(OfModel(model) for model in apps.get_models() if fields_of(model)), OfFactors(), OfSessions()]


def fields_of(model: Model) -> list[SealedField]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, SealedField)]


class OfModel:
    """A table of ours."""

    def __init__(self, model: Model) -> None:
        self.model, self.fields = model, fields_of(model)

    def by(self, mark: str) -> QuerySet[Any]:
        return self._any("by", mark)

    def behind(self, mark: str) -> QuerySet[Any]:
        return self._any("not_by", mark)

    def _any(self, asked: str, mark: str) -> QuerySet[Any]:
        condition = Q()
        for field in self.fields:
            condition |= Q(**{f"{field.name}__{asked}": mark})
        return self.model._base_manager.filter(condition)

    def seal(self, row: Any) -> None:
        """Blind columns too, and what the values are bound to."""
        columns = [*self.fields, *(f for f in self.model._meta.local_concrete_fields if isinstance(f, BlindIndex))]
        values = {field.row: getattr(row, field.row) for field in self.fields}
        values |= {field.name: field.pre_save(row, False) for field in columns}
        self.model._base_manager.filter(pk=row.pk).update(**values)

    def open(self, row: Any) -> int:
        return sum(getattr(row, field.attname) != "" for field in self.fields)

    def heads(self) -> Iterable[str]:
        table = connection.ops.quote_name(self.model._meta.db_table)
        for field in self.fields:
            column = connection.ops.quote_name(str(field.column))
            with connection.cursor() as cursor:
                head = f"substr({column}, 1, {len(ANY) + 9})"  # cipher and key
                cursor.execute(f"SELECT DISTINCT {head} FROM {table} WHERE {column} <> ''")  # noqa: S608 -- ours
                yield from (word for (word,) in cursor.fetchall())


class OfFactors:
    """Secrets of authenticator apps and seeds of recovery codes; what a passkey keeps is no secret."""

    KEPT = ("secret", "seed")

    def __init__(self, model: Model = Authenticator) -> None:
        self.model = model

    def by(self, mark: str) -> QuerySet[Any]:
        return self._some(lambda name: Q(**{f"data__{name}__startswith": mark}))

    def behind(self, mark: str) -> QuerySet[Any]:
        return self._some(
            lambda name: Q(**{f"data__{name}__isnull": False}) & ~Q(**{f"data__{name}__startswith": mark})
        )

    def _some(self, condition: Any) -> QuerySet[Any]:
        secret, seed = (condition(name) for name in self.KEPT)
        return self.model._base_manager.filter(secret | seed)

    def seal(self, row: Any) -> None:
        plain = {name: open_factor(value) if is_sealed(value) else value for name, value in self._kept(row)}
        sealed = {name: seal_factor(value) for name, value in plain.items()}
        self.model._base_manager.filter(pk=row.pk).update(data={**row.data, **sealed})

    def open(self, row: Any) -> int:
        return len([open_factor(value) for _name, value in self._kept(row)])

    def heads(self) -> Iterable[str]:
        for row in self.model._base_manager.all():
            yield from (value[: len(ANY) + 9] for _name, value in self._kept(row))

    def _kept(self, row: Any) -> list[tuple[str, str]]:
        return [(name, row.data[name]) for name in self.KEPT if name in row.data]


class OfSessions:
    """Sessions with their drafts."""

    def __init__(self, model: Model = Session) -> None:
        self.model = model

    def by(self, mark: str) -> QuerySet[Any]:
        return self.model._base_manager.filter(session_data__startswith=mark)

    def behind(self, mark: str) -> QuerySet[Any]:
        return self.model._base_manager.exclude(session_data="").exclude(session_data__startswith=mark)

    def seal(self, row: Any) -> None:
        store = SessionStore(row.session_key)
        self.model._base_manager.filter(pk=row.pk).update(session_data=store.encode(store.decode(row.session_data)))

    def open(self, row: Any) -> int:
        if not row.session_data:
            return 0
        open_session(row.session_data, key=row.session_key)
        return 1

    def heads(self) -> Iterable[str]:
        for text in self.model._base_manager.values_list("session_data", flat=True).iterator():
            yield text[: len(ANY) + 9]


def key_named(head: str) -> str | None:
    """The key by which a value is sealed that begins so."""
    found = SEALED.fullmatch(f"{head}x")
    return found[2] if found else None
