"""One message to one person, kept in the outbox row written with the act that caused it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from weimin.county.sealed import SealedField
from weimin.county.sealed.ring import CIPHER
from weimin.households.models import Resident

from .states import Channel, Delivery


class Notice(models.Model):
    """A message on its way. `once` makes a repeated act send one message, not two."""

    resident = models.ForeignKey(Resident, models.CASCADE, null=True, blank=True, related_name="notices")
    official = models.ForeignKey("county.Official", models.PROTECT, null=True, blank=True, related_name="notices")
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel.choices)
    address = SealedField(_("地址或号码"), row="once")
    subject = SealedField(_("标题"), row="once", blank=True, default="")
    body = SealedField(_("内容"), row="once")
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    about = models.CharField(_("所涉事项"), max_length=40, blank=True, default="")
    once = models.CharField(_("防重标记"), max_length=120, unique=True)
    state = models.CharField(_("状态"), max_length=10, choices=Delivery.choices, default=Delivery.QUEUED)
    created_at = models.DateTimeField(_("写入时间"))
    send_after = models.DateTimeField(_("最早发送时间"))
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    trouble = models.CharField(_("未发出的原因"), max_length=200, blank=True, default="")
    carrier = models.CharField(_("发送方"), max_length=80, blank=True, default="")
    reference = models.CharField(_("发送方的编号"), max_length=120, blank=True, default="")
    reported_at = models.DateTimeField(_("收到回执的时间"), null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["send_after", "id"], name="notice_waiting", condition=Q(state="QUEUED")),
            models.Index(fields=["about"], name="notice_lost", condition=Q(state__in=["FAILED", "UNCERTAIN"])),
        ]
        constraints = [
            models.CheckConstraint(name="notice_channel_is_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(name="notice_state_is_known", condition=Q(state__in=Delivery.values)),
            models.CheckConstraint(
                name="notice_goes_to_one_person",
                condition=Q(resident__isnull=True, official__isnull=False)
                | Q(resident__isnull=False, official__isnull=True),
            ),
            models.CheckConstraint(
                name="notice_sent_knows_when",
                condition=Q(state__in=["QUEUED", "FAILED"]) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="notice_delivered_was_reported",
                condition=~Q(state="DELIVERED") | Q(reported_at__isnull=False),
            ),
            models.CheckConstraint(
                name="notice_is_sealed",
                condition=Q(address__is_sealed=CIPHER, subject__is_sealed=CIPHER, body__is_sealed=CIPHER),
            ),
        ]

    class Privacy:
        open = {"id", "channel", "state", "created_at", "send_after", "attempts", "sent_at", "language", "official",
                "carrier", "reference", "reported_at"}  # fmt: skip
        personal = {"resident", "address", "subject", "body", "about", "once", "trouble"}
        secret: set[str] = set()
