"""What came in by e-mail or text message, once each, and how far each mailbox has been read."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from weimin.county.models import Official
from weimin.county.sealed import SealedField
from weimin.county.sealed.ring import CIPHER

from .matter import Matter


class Incoming(models.Model):
    """One letter or text message that came in. Its id makes a repeat the same one."""

    class Fate(models.TextChoices):
        MATTER = "MATTER", _("成为新事项")
        REPLY = "REPLY", _("补充到原事项")
        STRANGER = "STRANGER", _("来信人待核实")
        IGNORED = "IGNORED", _("自动邮件，不处理")
        ASIDE = "ASIDE", _("没能收下，请人工查看")

    message_id = models.CharField(_("来信标识"), max_length=250, unique=True)
    sender = SealedField(_("来信人"), row="message_id", blank=True, default="")
    fate = models.CharField(_("结果"), max_length=8, choices=Fate.choices)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, blank=True, related_name="letters")
    why = models.CharField(_("说明"), max_length=300, blank=True, default="")
    at = models.DateTimeField(_("收到时间"))
    handled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)  # somebody has looked at what lay aside
    handled_by = models.ForeignKey(Official, models.PROTECT, null=True, blank=True, related_name="letters_handled")

    class Meta:
        indexes = [models.Index(fields=["-at"], name="incoming_aside", condition=Q(fate="ASIDE"))]
        constraints = [
            models.CheckConstraint(
                name="incoming_fate_fits_its_matter",
                condition=Q(fate__in=["MATTER", "REPLY", "STRANGER"], matter__isnull=False)
                | Q(fate__in=["IGNORED", "ASIDE"], matter__isnull=True),
            ),
            models.CheckConstraint(name="incoming_is_sealed", condition=Q(sender__is_sealed=CIPHER)),
        ]

    @property
    def box(self) -> str:
        """The mailbox of a letter that was set aside, from the name it was given there."""
        return self.message_id.split(":")[1] if self.message_id.startswith("imap:") else ""

    class Privacy:
        open = {"id", "fate", "matter", "at", "handled_at", "handled_by"}
        personal = {"message_id", "sender", "why"}
        secret: set[str] = set()


class MailFolder(models.Model):
    """How far a folder of a mailbox has been read, in the words of IMAP."""

    name = models.CharField(_("邮箱"), max_length=250, unique=True)
    validity = models.BigIntegerField(_("编号有效标记"))
    uid = models.BigIntegerField(_("已读到"))

    class Meta:
        constraints = [models.CheckConstraint(name="mailfolder_counts_up", condition=Q(uid__gte=0))]

    class Privacy:
        open = {"id", "name", "validity", "uid"}
        personal: set[str] = set()
        secret: set[str] = set()
