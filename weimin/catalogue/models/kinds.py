"""Kinds of matter: a three-level tree as data, with limits, routing, extra questions and answer templates."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from weimin.county.models import Office, Place
from weimin.kernel.limits import Limit, Unit

from .rules import UnitWord, Urgency

# A promise is held against the law in the same unit, or in a unit that is surely shorter: five working days
# never fit into fewer than seven natural days, and a working hour is part of a working day of eight.
_PROMISE_WITHIN_LAW = (
    Q(promised_unit=F("legal_unit"), promised_amount__lte=F("legal_amount"))
    | Q(promised_unit="W", legal_unit="N", promised_amount__lte=F("legal_amount") * 5 / 7)
    | Q(promised_unit="H", legal_unit__in=["W", "N"], promised_amount__lte=F("legal_amount") * 24)
    | Q(promised_unit="WH", legal_unit="W", promised_amount__lte=F("legal_amount") * 8)
)


class Kind(models.Model):
    """One kind of matter. A matter is classified to the deepest kind that fits; limits are inherited by copying."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    depth = models.PositiveSmallIntegerField(_("层级"), default=1)
    name_zh = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=120)
    description_zh = models.CharField(_("说明"), max_length=300, blank=True, default="")
    description_en = models.CharField(_("英文说明"), max_length=400, blank=True, default="")
    keywords = models.CharField(_("常用说法"), max_length=300, blank=True, default="")
    pinyin = models.CharField(_("拼音与首字母"), max_length=300, blank=True, default="")
    urgency = models.ForeignKey(Urgency, models.PROTECT, related_name="kinds")
    legal_amount = models.PositiveSmallIntegerField(_("法定时限"))
    legal_unit = models.CharField(_("单位"), max_length=2, choices=UnitWord.choices)
    promised_amount = models.PositiveSmallIntegerField(_("承诺时限"))
    promised_unit = models.CharField(_("单位"), max_length=2, choices=UnitWord.choices)
    source_zh = models.CharField(_("依据"), max_length=200)
    source_en = models.CharField(_("英文依据"), max_length=240)
    for_residents = models.BooleanField(_("居民可选"), default=True)
    retired_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="kind_promise_within_law", condition=_PROMISE_WITHIN_LAW),
            models.CheckConstraint(name="kind_depth_one_to_three", condition=Q(depth__gte=1, depth__lte=3)),
            models.CheckConstraint(
                name="kind_top_alone_has_no_parent",
                condition=Q(depth=1, parent__isnull=True) | Q(depth__gte=2, parent__isnull=False),
            ),
            models.CheckConstraint(
                name="kind_units_are_known",
                condition=Q(legal_unit__in=UnitWord.values, promised_unit__in=UnitWord.values),
            ),
        ]

    class Privacy:
        open = {
            "id", "code", "parent", "depth", "name_zh", "name_en", "description_zh", "description_en", "keywords",
            "pinyin", "urgency", "legal_amount", "legal_unit", "promised_amount", "promised_unit", "source_zh",
            "source_en", "for_residents", "retired_on",
        }  # fmt: skip
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en

    @property
    def path_name(self) -> str:
        """With the names above it, as they stand on the desk and in tables."""
        return f"{self.parent.path_name} / {self.name}" if self.parent else self.name

    @property
    def promised(self) -> Limit:
        return Limit(self.promised_amount, Unit(self.promised_unit))

    @property
    def legal(self) -> Limit:
        return Limit(self.legal_amount, Unit(self.legal_unit))


class Route(models.Model):
    """Kind × place → lead office and supporting offices, from a day on. The most specific kind, then place, wins."""

    kind = models.ForeignKey(Kind, models.PROTECT, related_name="routes")
    place = models.ForeignKey(Place, models.PROTECT, related_name="routes")
    lead = models.ForeignKey(Office, models.PROTECT, related_name="leads")
    supporting = models.ManyToManyField(Office, related_name="supports", blank=True)
    from_on = models.DateField(_("生效日期"))
    to_on = models.DateField(_("失效日期"), null=True, blank=True)
    source_zh = models.CharField(_("依据"), max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="route_once_a_day", fields=["kind", "place", "from_on"]),
            models.CheckConstraint(
                name="route_ends_after_it_begins", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))
            ),
        ]

    class Privacy:
        open = {"id", "kind", "place", "lead", "supporting", "from_on", "to_on", "source_zh"}
        personal: set[str] = set()
        secret: set[str] = set()


class Question(models.Model):
    """An extra question of a kind; offered to residents and as an Open311 attribute."""

    class Datatype(models.TextChoices):
        STRING = "string", _("一行文字")
        NUMBER = "number", _("数字")
        DATETIME = "datetime", _("日期时间")
        TEXT = "text", _("一段文字")
        SINGLE = "singlevaluelist", _("单选")
        MULTI = "multivaluelist", _("多选")

    kind = models.ForeignKey(Kind, models.PROTECT, related_name="questions")
    code = models.SlugField(_("代码"), max_length=40)
    text_zh = models.CharField(_("问题"), max_length=200)
    text_en = models.CharField(_("英文"), max_length=240)
    datatype = models.CharField(_("类型"), max_length=16, choices=Datatype.choices)
    required = models.BooleanField(_("必填"), default=False)
    order = models.PositiveSmallIntegerField(_("次序"), default=1)
    values = models.JSONField(_("可选值"), default=list, blank=True)  # [{"key", "zh", "en"}]

    class Meta:
        constraints = [models.UniqueConstraint(name="question_code_once_a_kind", fields=["kind", "code"])]

    class Privacy:
        open = {"id", "kind", "code", "text_zh", "text_en", "datatype", "required", "order", "values"}
        personal: set[str] = set()
        secret: set[str] = set()


class AnswerTemplate(models.Model):
    """Words to begin an answer with. Parts in {braces} are filled in by the handler."""

    kind = models.ForeignKey(Kind, models.PROTECT, null=True, blank=True, related_name="templates")
    name_zh = models.CharField(_("名称"), max_length=60)
    facts = models.TextField(_("事实"), blank=True, default="")
    reasons = models.TextField(_("理由"), blank=True, default="")
    rule = models.CharField(_("依据"), max_length=300, blank=True, default="")
    promise = models.CharField(_("承诺"), max_length=300, blank=True, default="")

    class Privacy:
        open = {"id", "kind", "name_zh", "facts", "reasons", "rule", "promise"}
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.name_zh
