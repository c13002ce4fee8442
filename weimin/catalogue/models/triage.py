"""Trained models (分类模型) as they were put in force; docs/triage.md says what one is and how well it guesses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TriageModel(models.Model):
    """The newest that was not withdrawn is in force: to withdraw one is to go back to the one before."""

    digest = models.CharField(_("指纹"), max_length=64)
    held = models.BinaryField(_("文件"))
    # labels, threshold and what was measured in training, for whoever asks how well it guesses
    card = models.JSONField(_("说明"))
    since = models.DateTimeField(_("启用时间"))
    withdrawn_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Privacy:
        open = {"id", "digest", "card", "since", "withdrawn_at"}
        personal: set[str] = set()
        secret = {"held"}  # runs of words of residents

    def __str__(self) -> str:
        return self.digest[:12]
