"""What the front hall keeps for itself: when its background work is due, and how it went."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Run(models.Model):
    """One job of the background work, as it went last. Written at most once a minute while all is well."""

    job = models.CharField(_("后台工作"), max_length=30, unique=True)
    good_at = models.DateTimeField(_("上次做完的时间"), null=True, blank=True)
    bad_at = models.DateTimeField(_("上次出错的时间"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("出错次数"), default=0)
    trouble = models.CharField(_("出错的类型"), max_length=120, blank=True, default="")
    found = models.JSONField(_("查到的数"), default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="run_that_failed_knows_when", condition=Q(failures=0) | Q(bad_at__isnull=False)
            ),
        ]

    class Privacy:
        open = {"id", "job", "good_at", "bad_at", "failures", "trouble", "found"}
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.job

    @property
    def is_failing(self) -> bool:
        """Whether the last time was the bad one."""
        return self.bad_at is not None and (self.good_at is None or self.bad_at >= self.good_at)


class Schedule(models.Model):
    """When a timed job is due next, and until when a process has taken it."""

    job = models.CharField(_("后台工作"), max_length=30, unique=True)
    due_at = models.DateTimeField(_("下次该做的时间"))
    taken_until = models.DateTimeField(_("有进程在做，最迟到"), null=True, blank=True)

    class Privacy:
        open = {"id", "job", "due_at", "taken_until"}
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.job
