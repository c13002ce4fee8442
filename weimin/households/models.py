"""Residents as far as a matter needs them: a name, a way to reach them, and who opened their record, when and why."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from weimin.county.sealed import BlindIndex, SealedField
from weimin.county.sealed.ring import CIPHER, new_mark

from .searching import phone_word, search_words


class Resident(models.Model):
    """One person who asked for something: only what is needed to answer."""

    class Reach(models.TextChoices):
        PHONE = "PHONE", _("电话")
        SMS = "SMS", _("短信")
        EMAIL = "EMAIL", _("电子邮件")
        LETTER = "LETTER", _("书信或上门")

    mark = models.CharField(
        _("加封标记"), max_length=16, default=new_mark, editable=False
    )  # what is sealed is bound to it
    name = SealedField(_("姓名"), row="mark", blank=True, default="")
    phone = SealedField(_("电话"), row="mark", blank=True, default="")
    email = SealedField(_("电子邮箱"), row="mark", blank=True, default="")
    address = SealedField(_("联系地址"), row="mark", blank=True, default="")
    phone_index = BlindIndex(_("电话的盲索引"), words=phone_word)
    search_index = BlindIndex(_("姓名和电话的盲索引"), words=search_words, many=True)
    reach_by = models.CharField(_("希望怎样联系"), max_length=6, choices=Reach.choices, default=Reach.PHONE)
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    source = models.CharField(_("信息来源"), max_length=40)  # provenance: the channel that brought it
    recorded_at = models.DateTimeField(_("记录时间"))

    class Meta:
        indexes = [models.Index(fields=["phone_index"], name="resident_phone_blind", condition=~Q(phone_index=""))]
        constraints = [
            models.CheckConstraint(
                name="resident_reach_is_known", condition=Q(reach_by__in=["PHONE", "SMS", "EMAIL", "LETTER"])
            ),
            models.CheckConstraint(
                name="resident_is_sealed",
                condition=Q(
                    name__is_sealed=CIPHER, phone__is_sealed=CIPHER, email__is_sealed=CIPHER, address__is_sealed=CIPHER
                ),
            ),
        ]

    class Privacy:
        open = {"id"}
        personal = {"name", "phone", "email", "address", "reach_by", "language", "source", "recorded_at"}
        secret = {"mark", "phone_index", "search_index"}


class Reading(models.Model):
    """Somebody opened a resident's personal data: written in the transaction of the reading, shown to the resident."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="readings")
    about = models.CharField(_("所涉事项"), max_length=40)  # "matter:QS-2611-000123-7"
    by_post = models.CharField(_("岗位代码"), max_length=24)
    by_name = models.CharField(_("查看人"), max_length=80)
    fields = models.CharField(_("查看的内容"), max_length=120)
    why = models.CharField(_("原因"), max_length=120)
    at = models.DateTimeField(_("时间"))

    class Meta:
        indexes = [models.Index(fields=["resident", "-at"], name="reading_resident_at")]

    class Privacy:
        open = {"id"}
        personal = {"resident", "about", "by_post", "by_name", "fields", "why", "at"}
        secret: set[str] = set()
