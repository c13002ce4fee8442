"""What a change of the catalogue said: the content the ledger committed to, with the salt that proves it."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class Change(models.Model):
    """The words of one change, beside its ledger entry. Rules that carry no dates of their own are readable here."""

    entry = models.BigIntegerField(_("账本序号"), unique=True)
    content = models.JSONField(_("内容"), encoder=DjangoJSONEncoder)
    salt = models.BinaryField(_("盐"))

    class Privacy:
        open = {"id", "entry", "content"}
        personal: set[str] = set()
        secret = {"salt"}

    def __str__(self) -> str:
        return str(self.entry)
