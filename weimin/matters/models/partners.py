"""Other cities' Open311 servers: who they are, what their codes mean here, which matters went there or came thence."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Kind
from weimin.county.models import Place
from weimin.county.sealed import SealedField
from weimin.county.sealed.ring import CIPHER, new_mark

from .matter import Matter

# How our own short words for a trouble begin, as wire.py writes them, and what they mean to the reader.
_TROUBLES = (
    ("no connection", _("连不上对方的服务器")),
    ("no answer", _("对方没有答复")),
    ("HTTP 429", _("对方嫌我们问得太勤")),
    ("HTTP 5", _("对方的服务器出了错，或者暂时不收")),
    ("the answer cannot be read", _("对方的答复读不懂")),
    ("neither number", _("对方没有给编号")),
    ("403", _("对方不认我们的接口密钥")),
    ("404", _("对方没有这个地址或辖区")),
)


def _plain(trouble: str) -> str:
    """In plain words, with what was kept behind them; a partner's own sentence stays as it is."""
    words = next((words for begin, words in _TROUBLES if trouble.startswith(begin)), None)
    return _t("%(words)s（%(trouble)s）") % {"words": words, "trouble": trouble} if words else trouble


class Partner(models.Model):
    """A GeoReport v2 server of somebody else, and how the last exchange with it went."""

    class Format(models.TextChoices):
        XML = "xml", "XML"
        JSON = "json", "JSON"

    mark = models.CharField(_("加封标记"), max_length=16, default=new_mark, editable=False)
    name = models.CharField(_("名称"), max_length=60, unique=True)
    url = models.CharField(_("接口地址"), max_length=300)
    jurisdiction = models.CharField(_("辖区代码"), max_length=60, blank=True, default="")
    api_key = SealedField(_("接口密钥"), row="mark", blank=True, default="")
    format = models.CharField(_("格式"), max_length=4, choices=Format.choices, default=Format.XML)
    sends = models.BooleanField(_("向对方转送"), default=False)
    takes = models.BooleanField(_("收下对方的新请求"), default=False)
    kind = models.ForeignKey(Kind, models.PROTECT, null=True, blank=True, related_name="partners")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="partners")
    created_at = models.DateTimeField(_("登记时间"))
    off_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    taken_until = models.DateTimeField(_("新请求已收到"))
    heard_until = models.DateTimeField(_("进展已收到"))
    tells_updates = models.BooleanField(_("对方提供进展接口"), null=True, blank=True)
    tried_at = models.DateTimeField(_("上次联系"), null=True, blank=True)
    good_at = models.DateTimeField(_("上次联系成功"), null=True, blank=True)
    trouble = models.CharField(_("上次的问题"), max_length=300, blank=True, default="")
    unknown_codes = models.JSONField(_("没有对应的类别代码"), default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="partner_that_is_taken_from_says_where_to",
                condition=Q(takes=False) | Q(kind__isnull=False, place__isnull=False),
            ),
            models.CheckConstraint(name="partner_is_sealed", condition=Q(api_key__is_sealed=CIPHER)),
        ]

    class Privacy:
        open = {"id", "name", "url", "jurisdiction", "format", "sends", "takes", "kind", "place", "created_at",
                "off_at", "taken_until", "heard_until", "tells_updates", "tried_at", "good_at", "trouble",
                "unknown_codes"}  # fmt: skip
        personal: set[str] = set()
        secret = {"api_key", "mark"}

    def __str__(self) -> str:
        return self.name

    @property
    def trouble_words(self) -> str:
        return _plain(self.trouble)


class PartnerCode(models.Model):
    """What a service code of the partner is called here. `by_itself` sends such matters of a place without asking."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="codes")
    service_code = models.CharField(_("对方的类别代码"), max_length=60)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="partner_codes")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="partner_codes")
    by_itself = models.BooleanField(_("自动转送"), default=False)
    since = models.DateTimeField(_("从何时起"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="partner_code_once_a_kind", fields=["partner", "service_code", "kind"]),
        ]

    class Privacy:
        open = {"id", "partner", "service_code", "kind", "place", "by_itself", "since"}
        personal: set[str] = set()
        secret: set[str] = set()


class Referral(models.Model):
    """A matter that is also with a partner, under both numbers: sent by us, or taken from there."""

    class Stage(models.TextChoices):
        QUEUED = "QUEUED", _("等待转送")
        TOKEN = "TOKEN", _("对方已收，等编号")
        SENT = "SENT", _("对方已收下")
        REFUSED = "REFUSED", _("对方没有收下")
        UNCERTAIN = "UNCERTAIN", _("对方收没收到不明")
        TAKEN = "TAKEN", _("从对方收来")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="referrals")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="referrals")
    stage = models.CharField(_("进度"), max_length=9, choices=Stage.choices)
    service_code = models.CharField(_("对方的类别代码"), max_length=60)
    mark = models.CharField(_("加封标记"), max_length=16, default=new_mark, editable=False)
    words = SealedField(_("转送的说明"), row="mark", blank=True, default="")
    foreign_id = models.CharField(_("对方编号"), max_length=60, blank=True, default="")
    token = models.CharField(_("对方的凭据"), max_length=200, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_at = models.DateTimeField(_("下次尝试"))
    made_at = models.DateTimeField(_("转送时间"))
    closed = models.BooleanField(_("对方已办结"), default=False)
    said = models.JSONField(_("对方说过的"), default=list, blank=True)  # ids of updates, or the last state in words
    trouble = models.CharField(_("遇到的问题"), max_length=300, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["partner", "next_at"], name="referral_due", condition=Q(stage="QUEUED"))]
        constraints = [
            models.UniqueConstraint(name="referral_once_a_partner", fields=["partner", "matter"]),
            models.UniqueConstraint(
                name="referral_foreign_id_once", fields=["partner", "foreign_id"], condition=~Q(foreign_id="")
            ),
            models.CheckConstraint(
                name="referral_stage_is_known",
                condition=Q(stage__in=["QUEUED", "TOKEN", "SENT", "REFUSED", "UNCERTAIN", "TAKEN"]),
            ),
            models.CheckConstraint(
                name="referral_there_has_its_number", condition=~Q(stage__in=["SENT", "TAKEN"]) | ~Q(foreign_id="")
            ),
            models.CheckConstraint(name="referral_is_sealed", condition=Q(words__is_sealed=CIPHER)),
        ]

    class Privacy:
        open = {"id", "partner", "matter", "stage", "service_code", "foreign_id", "attempts", "next_at", "made_at",
                "closed", "trouble"}  # fmt: skip
        personal = {"words", "said"}
        secret = {"token", "mark"}

    @property
    def trouble_words(self) -> str:
        return _plain(self.trouble)
