"""The ledger: who did what, when, to what. Rows are appended and never change.

A row holds no personal data and no foreign keys: `about` and `by` are words, and of the content only a salted
commitment stands here. Whoever deletes the data and its salt leaves a ledger that is still whole and says nothing.
What follows from the columns is not stored beside them (docs/decisions/0027).
"""

from typing import Any, NoReturn

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from weimin.kernel.chosen import current_code

from .canonical import body_of, commitment_of


class LedgerIsKept(TypeError):
    """Somebody tried to change or remove what was recorded."""

    def __init__(self) -> None:
        super().__init__("The ledger is appended to, never changed: record what happened since as a new entry.")


class Entries(models.QuerySet["Entry"]):
    """Reads freely, appends through `services.record`, changes nothing."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise LedgerIsKept

    def delete(self) -> NoReturn:
        raise LedgerIsKept

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerIsKept

    def update_or_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerIsKept

    def select_for_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerIsKept

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise LedgerIsKept

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("update_conflicts"):
            raise LedgerIsKept
        return super().bulk_create(*args, **kwargs)


class Entry(models.Model):
    """One act. `digest` commits to its content; `body`, which is hashed, is read from the columns."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("时间"))
    what = models.CharField(_("事项"), max_length=60)
    about = models.CharField(_("对象"), max_length=80)
    by = models.CharField(_("经办"), max_length=60)
    digest = models.BinaryField(_("内容承诺值"), max_length=32)

    objects = Entries.as_manager()

    class Meta:
        base_manager_name = "objects"
        # By one word alone PostgreSQL keeps each word once, with the places of its rows: a fifth of `about, id`.
        indexes = [models.Index(fields=["about"], name="ledger_about")]
        constraints = [
            models.CheckConstraint(name="ledger_digest_is_sha256", condition=Exact(Length("digest"), 32)),
        ]

    class Privacy:
        open = {"id", "at", "what", "about", "by", "digest"}
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return f"{self.what} {self.about}"

    @property
    def commitment(self) -> str:
        return commitment_of(bytes(self.digest))

    @property
    def body(self) -> str:
        """The canonical JSON that is hashed; it names the chosen county, whose schema this row stands in."""
        return body_of(
            at=self.at, what=self.what, about=self.about, by=self.by, digest=bytes(self.digest), county=current_code()
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise LedgerIsKept
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerIsKept
