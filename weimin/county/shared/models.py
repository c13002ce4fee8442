"""Shared by all counties: their directory and the official calendar. Rows are retired, never deleted."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CountyEntry(models.Model):
    """One county in the directory."""

    code = models.CharField(_("县代码"), max_length=6, primary_key=True)
    letters = models.CharField(_("编号字头"), max_length=2, unique=True)
    name_zh = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=80)
    host = models.CharField(_("网址主机名"), max_length=120, unique=True, null=True, blank=True)
    phone = models.CharField(_("热线电话"), max_length=20, blank=True, default="")
    retired_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="county_code_is_six_digits", condition=models.Q(code__regex=r"^[0-9]{6}$")),
        ]

    class Privacy:
        open = {"code", "letters", "name_zh", "name_en", "host", "phone", "retired_on"}
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.name_zh


class CalendarYear(models.Model):
    """A year whose official holiday notice has been entered. A year without a row is not yet published."""

    year = models.PositiveSmallIntegerField(_("年份"), primary_key=True)
    source = models.CharField(_("通知文号或来源"), max_length=200)
    entered_at = models.DateTimeField(_("录入时间"))

    class Privacy:
        open = {"year", "source", "entered_at"}
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day that differs from the plain week: a rest day on a weekday, or a make-up working day at a weekend."""

    day = models.DateField(_("日期"), primary_key=True)
    works = models.BooleanField(_("上班"))
    name_zh = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名称"), max_length=60)

    class Privacy:
        open = {"day", "works", "name_zh", "name_en"}
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return f"{self.day} {self.name_zh}"
