"""Rules as data: dated, editable, each with its legal source."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from weimin.kernel.limits import Limit, Unit


class UnitWord(models.TextChoices):
    W = "W", _("工作日")
    N = "N", _("自然日")
    H = "H", _("小时")
    WH = "WH", _("工作小时")


class TimeRule(models.Model):
    """A limit of the procedure itself, for example "a unit may return a matter within 5 working days".

    `code` is what the verbs ask for; the row in force on the day of the event is the one that counts.
    """

    code = models.CharField(_("规则代码"), max_length=30)
    name_zh = models.CharField(_("说明"), max_length=120)
    name_en = models.CharField(_("英文说明"), max_length=160)
    amount = models.PositiveSmallIntegerField(_("数量"))
    unit = models.CharField(_("单位"), max_length=2, choices=UnitWord.choices)
    source_zh = models.CharField(_("依据"), max_length=200)
    source_en = models.CharField(_("英文依据"), max_length=240)
    from_on = models.DateField(_("生效日期"))
    to_on = models.DateField(_("失效日期"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="time_rule_once_a_day", fields=["code", "from_on"]),
            models.CheckConstraint(name="time_rule_unit_is_known", condition=Q(unit__in=UnitWord.values)),
            models.CheckConstraint(name="time_rule_is_positive", condition=Q(amount__gte=1)),
            models.CheckConstraint(
                name="time_rule_ends_after_it_begins", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))
            ),
        ]

    class Privacy:
        open = {"id", "code", "name_zh", "name_en", "amount", "unit", "source_zh", "source_en", "from_on", "to_on"}
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return f"{self.code} {self.amount}{self.unit}"

    @property
    def limit(self) -> Limit:
        return Limit(self.amount, Unit(self.unit))


class Urgency(models.Model):
    """An urgency class with the limit residents are told."""

    code = models.CharField(_("代码"), max_length=20, unique=True)
    name_zh = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=80)
    amount = models.PositiveSmallIntegerField(_("答复时限"))
    unit = models.CharField(_("单位"), max_length=2, choices=UnitWord.choices)
    contact_amount = models.PositiveSmallIntegerField(_("联系时限"))
    contact_unit = models.CharField(_("单位"), max_length=2, choices=UnitWord.choices)
    rank = models.PositiveSmallIntegerField(_("紧急程度（1 最急）"), unique=True)
    source_zh = models.CharField(_("依据"), max_length=200)
    source_en = models.CharField(_("英文依据"), max_length=240)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="urgency_units_are_known",
                condition=Q(unit__in=UnitWord.values, contact_unit__in=UnitWord.values),
            ),
        ]

    class Privacy:
        open = {
            "id", "code", "name_zh", "name_en", "amount", "unit", "contact_amount", "contact_unit", "rank",
            "source_zh", "source_en",
        }  # fmt: skip
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en

    @property
    def limit(self) -> Limit:
        return Limit(self.amount, Unit(self.unit))

    @property
    def contact_limit(self) -> Limit:
        return Limit(self.contact_amount, Unit(self.contact_unit))
