"""Services: what a resident must know before coming, told once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from weimin.county.models import Office

from .kinds import Kind
from .rules import UnitWord


class Service(models.Model):
    """One service item (政务服务事项), with the elements of the national catalogue that a resident needs."""

    class Type(models.TextChoices):
        LICENCE = "LICENCE", _("行政许可")
        CONFIRMATION = "CONFIRMATION", _("行政确认")
        PAYMENT = "PAYMENT", _("行政给付")
        RULING = "RULING", _("行政裁决")
        REWARD = "REWARD", _("行政奖励")
        OTHER = "OTHER", _("其他行政权力")
        PUBLIC = "PUBLIC", _("公共服务")

    code = models.CharField(_("事项编码"), max_length=40, unique=True)
    name_zh = models.CharField(_("事项名称"), max_length=100)
    name_en = models.CharField(_("英文名称"), max_length=160)
    plain_zh = models.CharField(_("日常用语"), max_length=160, blank=True, default="")
    type = models.CharField(_("事项类型"), max_length=12, choices=Type.choices)
    theme_zh = models.CharField(_("主题"), max_length=30)
    theme_en = models.CharField(_("英文主题"), max_length=60)
    office = models.ForeignKey(Office, models.PROTECT, related_name="services")
    kind = models.ForeignKey(Kind, models.PROTECT, null=True, blank=True, related_name="services")
    basis = models.CharField(_("设定依据"), max_length=300)
    conditions = models.JSONField(_("受理条件"), default=list)  # ["..."] in zh; {"zh","en"} pairs
    materials = models.JSONField(_("申请材料"), default=list)  # [{"zh","en","copies","original","source","may_waive"}]
    steps = models.JSONField(_("办理流程"), default=list)  # [{"zh","en"}]
    fee_zh = models.CharField(_("收费"), max_length=120)
    fee_en = models.CharField(_("英文收费"), max_length=160)
    legal_amount = models.PositiveSmallIntegerField(_("法定办结时限"))
    legal_unit = models.CharField(_("单位"), max_length=2, choices=UnitWord.choices)
    promised_amount = models.PositiveSmallIntegerField(_("承诺办结时限"))
    promised_unit = models.CharField(_("单位"), max_length=2, choices=UnitWord.choices)
    visits = models.PositiveSmallIntegerField(_("到办事现场次数"))
    visit_reason_zh = models.CharField(_("必须现场办理的原因"), max_length=160, blank=True, default="")
    visit_reason_en = models.CharField(
        _("必须现场办理的英文原因"), max_length=200, blank=True, db_default="", default=""
    )
    where_zh = models.CharField(_("办理地点"), max_length=160)
    where_en = models.CharField(_("英文地点"), max_length=200)
    hours_zh = models.CharField(_("办理时间"), max_length=120)
    hours_en = models.CharField(_("英文办理时间"), max_length=160, blank=True, db_default="", default="")
    phone = models.CharField(_("咨询电话"), max_length=20)
    complain_zh = models.CharField(_("监督投诉方式"), max_length=160)
    complain_en = models.CharField(_("英文投诉方式"), max_length=200)
    remedy_zh = models.CharField(_("复议与诉讼"), max_length=200)
    remedy_en = models.CharField(_("英文复议与诉讼"), max_length=300, blank=True, db_default="", default="")
    pinyin = models.CharField(_("拼音与首字母"), max_length=300, blank=True, default="")
    valid_from = models.DateField(_("生效日期"))
    retired_on = models.DateField(_("取消日期"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="service_promise_within_law",
                condition=Q(promised_unit=models.F("legal_unit"), promised_amount__lte=models.F("legal_amount")),
            ),
            models.CheckConstraint(name="service_visit_needs_a_reason", condition=Q(visits=0) | ~Q(visit_reason_zh="")),
        ]

    class Privacy:
        open = {
            "id", "code", "name_zh", "name_en", "plain_zh", "type", "theme_zh", "theme_en", "office", "kind", "basis",
            "conditions", "materials", "steps", "fee_zh", "fee_en", "legal_amount", "legal_unit", "promised_amount",
            "promised_unit", "visits", "visit_reason_zh", "visit_reason_en", "where_zh", "where_en", "hours_zh",
            "hours_en", "phone",
            "complain_zh", "complain_en", "remedy_zh", "remedy_en", "pinyin", "valid_from", "retired_on",
        }  # fmt: skip
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en
