"""The ledger: who did what, when, to what. Rows are appended and never change.

A row holds no personal data and no foreign keys: `about` and `by` are words, and of the content only a salted
commitment stands here. Whoever deletes the data and its salt leaves a ledger that is still whole and says nothing.
"""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    """One act. `body` is the canonical JSON that is hashed; the columns beside it repeat its fields for questions."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("时间"))
    county = models.CharField(_("县代码"), max_length=6)
    what = models.CharField(_("事项"), max_length=60)
    about = models.CharField(_("对象"), max_length=80)
    by = models.CharField(_("经办"), max_length=60)
    commitment = models.CharField(_("内容承诺值"), max_length=80)
    body = models.TextField(_("正文"))

    objects = Entries.as_manager()

    class Meta:
        base_manager_name = "objects"
        indexes = [models.Index(fields=["about", "id"], name="ledger_about")]
        constraints = [
            models.CheckConstraint(
                name="ledger_commitment_is_sha256", condition=models.Q(commitment__startswith="sha256:")
            ),
        ]

    class Privacy:
        open = {"id", "at", "county", "what", "about", "by", "commitment", "body"}
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return f"{self.what} {self.about}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise LedgerIsKept
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerIsKept
