"""Model fields that stand sealed in the database and plain in the program.

A value is opened when it is read from its row, because the row is part of what it is bound to. It cannot be looked
for: a filter on it raises, where it would otherwise find nobody in silence. What must be found has a BlindIndex.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact, IsNull, Lookup
from django.db.models.query_utils import DeferredAttribute

from .files import ring, unsealed
from .ring import SHORT, WHOLE


class Sealed:
    """A value as it stands in the database. It has no words of its own: read it from its row."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        raise TypeError("This value is sealed. Fetch its row and read the attribute; values() cannot open it.")

    def __repr__(self) -> str:
        return f"<{self.text}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


class _SealedText(str):
    """Made by a `SealedField` only, so that nothing plain slips past it into the database."""


class _Attribute(DeferredAttribute):
    """Opens what was read when it is asked for, and remembers it plain."""

    field: "SealedField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = instance.__dict__[self.field.attname] = self.field.opened(value.text, instance)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedField(models.TextField):
    """Text that only this installation's keys open, bound to its table, column and row.

    `row` names the field that tells the row apart and is known before the INSERT. Empty text stays empty.
    """

    descriptor_class = _Attribute

    def __init__(self, *args: Any, row: str, **kwargs: Any) -> None:
        self.row = row
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "row": self.row}

    def opened(self, sealed: str, instance: models.Model) -> str:
        """The plain text; KeyTrouble if it is not what was sealed for this row."""
        return unsealed(sealed, bound_to=self._place(getattr(instance, self.row))).decode()

    def sealed(self, plain: str, *, row: str) -> str:
        """As it stands in the row of this name: for `update()`, which sees no row. Saving leaves it as it is."""
        return _SealedText(ring().seal(plain.encode(), bound_to=self._place(row)))

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        plain = getattr(model_instance, self.attname)
        if plain == "" or isinstance(plain, _SealedText):
            return plain
        return self.sealed(str(plain), row=getattr(model_instance, self.row))

    def _place(self, row: str) -> str:
        if row == "":
            raise TypeError(f"{self} names its row by {self.row}: give it one before it is sealed.")
        return f"{self.model._meta.db_table}.{self.column}:{row}"

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        return Sealed(value) if value else value

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(value, _SealedText) or value == "":
            return str(value)
        raise TypeError(f"{self} is sealed: set it on its row and save() that, or update() to what sealed() gives.")

    def get_lookup(self, lookup_name: str) -> type[Any]:
        if lookup_name in _ABOUT_SEALS:
            return _ABOUT_SEALS[lookup_name]
        if lookup_name == "exact":
            return _Nothing
        raise FieldError(f"{self} is sealed and cannot be looked for by {lookup_name}. Look by its BlindIndex.")

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self} is sealed and has no {lookup_name} in the database.")


class _Nothing(Exact):
    """`column=""`, for conditions of constraints and indexes: nothing stands there, sealed or not."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs != "":
            raise FieldError(f"{lhs.output_field} is sealed and cannot be looked for. Look by its BlindIndex.")
        super().__init__(lhs, rhs)


class _AboutSeals(Lookup):
    """Asks how a value is sealed, never what it says."""

    prepare_rhs = False
    sql = ""

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        return f"({self.sql.format(column)})", [*params, *params, f"{self.rhs}%"]


class _SealedOrEmpty(_AboutSeals):
    """`name__is_sealed=CIPHER + "."`: for constraints."""

    lookup_name = "is_sealed"
    sql = "{0} = '' OR {0} LIKE %s"


class _NotBy(_AboutSeals):
    """`name__not_by=key.mark`: what is sealed in another way, or not at all."""

    lookup_name = "not_by"
    sql = "{0} <> '' AND {0} NOT LIKE %s"


class _SealedBy(_AboutSeals):
    """`name__by=key.mark`."""

    lookup_name = "by"
    sql = "{0} <> '' AND {0} LIKE %s"


_ABOUT_SEALS: dict[str, type[Any]] = {
    "isnull": IsNull, "is_sealed": _SealedOrEmpty, "not_by": _NotBy, "by": _SealedBy,
}  # fmt: skip


class BlindIndex(models.TextField):
    """What may be looked for of sealed fields: keyed digests of words, never the words.

    `words` gives the words of a row. One word: `column__is_word="…"`, a whole digest. Several (`many`): short ones,
    which some others share by chance; `column__has_word="…"` finds all that may fit, and who asks looks at each.
    """

    def __init__(self, *args: Any, words: Callable[[Any], Iterable[str]], many: bool = False, **kwargs: Any) -> None:
        self.words, self.many = words, many
        super().__init__(*args, **{"blank": True, "default": "", "editable": False, **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "words": self.words, "many": self.many}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        blind = ring().blind(self.words(model_instance), signs=SHORT if self.many else WHOLE)
        return "".join(f" {one}" for one in blind) if self.many else "".join(blind)

    def get_lookup(self, lookup_name: str) -> type[Any]:
        if lookup_name == ("has_word" if self.many else "is_word"):
            return _HasWord if self.many else _IsWord
        if lookup_name in {"exact", "isnull"}:
            return _Nothing if lookup_name == "exact" else IsNull
        raise FieldError(f"{self} holds digests: ask by {'has_word' if self.many else 'is_word'}.")


class _IsWord(Lookup):
    lookup_name = "is_word"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        blind = ring().blind_by_all(str(self.rhs), signs=WHOLE)
        return f"{column} IN ({', '.join(['%s'] * len(blind))})", [*params, *blind]


class _HasWord(Lookup):
    lookup_name = "has_word"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        blind = ring().blind_by_all(str(self.rhs), signs=SHORT)
        asked = " OR ".join([f"{column} LIKE %s"] * len(blind))
        return f"({asked})", [*params * len(blind), *(f"% {one}%" for one in blind)]
