"""Endpoints of other programs, and one row for each event on its way to each of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from weimin.county.models import Official
from weimin.county.sealed import SealedField
from weimin.county.sealed.ring import CIPHER, new_mark

from .states import Off, Progress


class Endpoint(models.Model):
    """An address that asked to be told. The secret signs what is sent; while it is changed, the old one signs too."""

    name = models.CharField(_("用途说明"), max_length=80)
    url = models.CharField(_("接收地址"), max_length=300)
    events = models.JSONField(_("推送哪些事"), default=list)
    mark = models.CharField(_("加封标记"), max_length=16, default=new_mark, editable=False)
    secret = SealedField(_("签名密钥"), row="mark")
    old_secret = SealedField(_("旧签名密钥"), row="mark", blank=True, default="")
    old_until = models.DateTimeField(_("旧密钥用到"), null=True, blank=True)
    made_by = models.ForeignKey(Official, models.PROTECT, null=True, blank=True, related_name="endpoints")
    created_at = models.DateTimeField(_("登记时间"))
    off_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    off_why = models.CharField(_("停用原因"), max_length=8, choices=Off.choices, blank=True, default="")
    asked_at = models.DateTimeField(_("上次推送"), null=True, blank=True)
    good_at = models.DateTimeField(_("上次送达"), null=True, blank=True)
    rests_until = models.DateTimeField(_("暂歇到"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="endpoint_off_says_why",
                condition=Q(off_at__isnull=True, off_why="") | Q(off_at__isnull=False, off_why__in=Off.values),
            ),
            models.CheckConstraint(
                name="endpoint_old_secret_ends",
                condition=Q(old_secret="", old_until__isnull=True) | (~Q(old_secret="") & Q(old_until__isnull=False)),
            ),
            models.CheckConstraint(
                name="endpoint_is_sealed", condition=Q(secret__is_sealed=CIPHER, old_secret__is_sealed=CIPHER)
            ),
        ]

    class Privacy:
        open = {"id", "name", "url", "events", "old_until", "made_by", "created_at", "off_at", "off_why", "asked_at",
                "good_at", "rests_until"}  # fmt: skip
        personal: set[str] = set()
        secret = {"mark", "secret", "old_secret"}

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One event for one endpoint. `message_id` stays the same at every try, so that a receiver can tell a repeat."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    message_id = models.CharField(_("消息编号"), max_length=120)
    what = models.CharField(_("事件"), max_length=30)
    about = models.CharField(_("所涉事项"), max_length=40, blank=True, default="")
    body = models.TextField(_("内容"))  # byte for byte what is signed
    at = models.DateTimeField(_("发生时间"))
    state = models.CharField(_("状态"), max_length=9, choices=Progress.choices, default=Progress.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_at = models.DateTimeField(_("下次尝试"))
    tries = models.JSONField(
        _("每次尝试"), default=list, blank=True
    )  # [[moment, what came of it]], since the last replay
    delivered_at = models.DateTimeField(_("送达时间"), null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["endpoint", "next_at", "id"], name="delivery_due", condition=Q(state="QUEUED")),
            models.Index(fields=["endpoint", "state", "-id"], name="delivery_listed"),
        ]
        constraints = [
            models.UniqueConstraint(name="delivery_once_an_endpoint", fields=["endpoint", "message_id"]),
            models.CheckConstraint(name="delivery_state_is_known", condition=Q(state__in=Progress.values)),
            models.CheckConstraint(
                name="delivery_knows_when",
                condition=~Q(state="DELIVERED") | Q(delivered_at__isnull=False),
            ),
        ]

    class Privacy:
        open = {"id", "endpoint", "message_id", "what", "about", "body", "at", "state", "attempts", "next_at", "tries",
                "delivered_at"}  # fmt: skip
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.message_id
