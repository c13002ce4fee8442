"""Places: county → township → village → group, with codes in the manner of GB/T 2260 and GB/T 10114."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    COUNTY = "COUNTY", _("县")
    TOWNSHIP = "TOWNSHIP", _("乡镇")
    VILLAGE = "VILLAGE", _("村")
    GROUP = "GROUP", _("组")


# Digits of the code at each level: the code of a place begins with the code of the place it lies in.
CODE_LENGTH = {Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12, Level.GROUP: 14}


class Place(models.Model):
    """One place. `code` orders the tree: everything in a township begins with the township's code."""

    code = models.CharField(_("代码"), max_length=14, unique=True)
    level = models.CharField(_("层级"), max_length=8, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name_zh = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=80)
    aliases = models.CharField(_("别名"), max_length=200, blank=True, default="")
    pinyin = models.CharField(_("拼音与首字母"), max_length=200, blank=True, default="")
    outline = models.JSONField(_("边界（GeoJSON）"), null=True, blank=True)
    lat = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True, blank=True)
    long = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    households = models.PositiveIntegerField(_("户数"), default=0)
    retired_on = models.DateField(_("撤并日期"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="place_level_is_known", condition=Q(level__in=Level.values)),
            models.CheckConstraint(
                name="place_county_alone_has_no_parent",
                condition=Q(level=Level.COUNTY, parent__isnull=True)
                | (~Q(level=Level.COUNTY) & Q(parent__isnull=False)),
            ),
            models.CheckConstraint(
                name="place_lat_and_long_together",
                condition=Q(lat__isnull=True, long__isnull=True) | Q(lat__isnull=False, long__isnull=False),
            ),
            models.CheckConstraint(name="place_is_not_its_own_parent", condition=~Q(parent=F("id"))),
        ]

    class Privacy:
        open = {
            "id", "code", "level", "parent", "name_zh", "name_en", "aliases", "pinyin", "outline", "lat", "long",
            "households", "retired_on",
        }  # fmt: skip
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en
