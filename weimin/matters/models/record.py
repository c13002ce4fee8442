"""What happened to a matter and what was said: appended to, never edited.

Keys by which nobody asks – who did it – have no index: docs/decisions/0027.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from weimin.county.models import Office, Official, Post

from ..states import SOUNDS, Act, ContactOutcome, State
from .matter import Matter


class Event(models.Model):
    """One line of the timeline. Its salt opens the commitment that the ledger keeps of it."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="events")
    act = models.CharField(_("行为"), max_length=14, choices=Act.choices)
    at = models.DateTimeField(_("时间"))
    by_kind = models.CharField(_("行为人"), max_length=10)  # official, resident, clock, import
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="events", db_index=False)
    official = models.ForeignKey(Official, models.PROTECT, null=True, blank=True, related_name="events", db_index=False)
    from_state = models.CharField(_("原状态"), max_length=10, blank=True, default="")
    to_state = models.CharField(_("现状态"), max_length=10, choices=State.choices)
    # What stands in a row of its own is not repeated: `lines.py` reads all of it.
    words = models.TextField(_("说明"), blank=True, default="")
    data = models.JSONField(_("细节"), default=dict)
    answer = models.ForeignKey(
        "Answer", models.PROTECT, null=True, blank=True, related_name="lines", db_index=False
    )  # whose words this line says
    internal = models.BooleanField(_("仅内部可见"), default=False)
    salt = models.BinaryField(_("盐"), max_length=16)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="event_at"),  # what happened this week, for the leader's minute
        ]

    class Privacy:
        open = {
            "id", "matter", "act", "at", "by_kind", "post", "official", "from_state", "to_state", "answer", "internal",
        }  # fmt: skip
        personal = {"words", "data"}
        secret = {"salt"}

    def get_act_display(self) -> str:  # type: ignore[no-redef]
        """Django's own looks through all the choices and translates each; a timeline asks at every line."""
        return str(Act(self.act).label)


class Contact(models.Model):
    """An attempt to reach the resident. Attempts count only if they stand here; what was said, in the timeline."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="contacts")
    at = models.DateTimeField(_("联系时间"))
    by = models.ForeignKey(Official, models.PROTECT, related_name="contacts", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="contacts", db_index=False)
    channel = models.CharField(_("联系方式"), max_length=8)
    outcome = models.CharField(_("结果"), max_length=12, choices=ContactOutcome.choices)
    recorded_at = models.DateTimeField(_("记录时间"))

    class Meta:
        constraints = [
            models.CheckConstraint(name="contact_outcome_is_known", condition=Q(outcome__in=ContactOutcome.values)),
            models.CheckConstraint(name="contact_is_not_in_the_future", condition=Q(at__lte=models.F("recorded_at"))),
        ]

    class Privacy:
        open = {"id", "matter", "at", "by", "post", "channel", "outcome", "recorded_at"}
        personal: set[str] = set()
        secret: set[str] = set()


_SUPPORT_OPEN = Q(done_at__isnull=True, ended_at__isnull=True)


class Support(models.Model):
    """A supporting office, with a clock of its own."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="supports")
    office = models.ForeignKey(Office, models.PROTECT, related_name="matters_supported")
    started_at = models.DateTimeField(_("起算时间"))
    limit = models.CharField(_("时限"), max_length=8)
    due_at = models.DateTimeField(_("到期时间"))
    done_at = models.DateTimeField(_("回复时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("不再需要协办的时间"), null=True, blank=True)  # it left before they replied
    report = models.TextField(_("协办意见"), blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="support_one_open_per_office", fields=["matter", "office"], condition=_SUPPORT_OPEN
            ),
            models.CheckConstraint(
                name="support_done_or_ended", condition=Q(done_at__isnull=True) | Q(ended_at__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["office", "due_at"], name="support_office_due", condition=_SUPPORT_OPEN)]

    class Privacy:
        open = {"id", "matter", "office", "started_at", "limit", "due_at", "done_at", "ended_at"}
        personal = {"report"}
        secret: set[str] = set()


class Answer(models.Model):
    """What the county answered: facts, reasons, rule, what will happen by when, and the route of appeal."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="answers")
    at = models.DateTimeField(_("答复时间"))
    by = models.ForeignKey(Official, models.PROTECT, null=True, blank=True, related_name="answers", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="answers", db_index=False)
    refusal = models.BooleanField(_("不予受理"), default=False)
    facts = models.TextField(_("查明的事实"))
    reasons = models.TextField(_("理由"))
    rule = models.CharField(_("依据"), max_length=300)
    promise = models.CharField(_("承诺"), max_length=300, blank=True, default="")
    promise_due_on = models.DateField(_("承诺兑现日期"), null=True, blank=True)
    promise_kept_at = models.DateTimeField(_("兑现时间"), null=True, blank=True)
    promise_broken_at = models.DateTimeField(_("逾期未兑现"), null=True, blank=True)
    promise_replaced_at = models.DateTimeField(_("由新承诺代替"), null=True, blank=True)
    appeal_route = models.CharField(_("不服怎么办"), max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="answer_promise_has_a_date",
                condition=Q(promise="", promise_due_on__isnull=True)
                | (~Q(promise="") & Q(promise_due_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="answer_promise_replaced_was_open",
                condition=Q(promise_replaced_at__isnull=True)
                | Q(promise_due_on__isnull=False, promise_kept_at__isnull=True, promise_broken_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["promise_due_on"],
                name="answer_promise_open",
                condition=Q(
                    promise_due_on__isnull=False,
                    promise_kept_at__isnull=True,
                    promise_broken_at__isnull=True,
                    promise_replaced_at__isnull=True,
                ),
            ),
            models.Index(
                fields=["promise_due_on", "id"],
                name="answer_promise_broken",
                condition=Q(
                    promise_broken_at__isnull=False, promise_kept_at__isnull=True, promise_replaced_at__isnull=True
                ),
            ),
        ]

    class Privacy:
        open = {
            "id", "matter", "at", "by", "post", "refusal", "rule", "promise_due_on", "promise_kept_at",
            "promise_broken_at", "promise_replaced_at", "appeal_route",
        }  # fmt: skip
        personal = {"facts", "reasons", "promise"}
        secret: set[str] = set()

    @property
    def told(self) -> str:
        """The words of the line by which it was given."""
        return self.reasons if self.refusal else self.facts

    @property
    def noted(self) -> dict[str, object]:
        """What that line says beside its words."""
        always = {"answer": self.pk, "rule": self.rule, "appeal": self.appeal_route}
        if self.refusal:
            return always
        return always | {
            "reasons": self.reasons,
            "promise": self.promise,
            "promise_due_on": self.promise_due_on.isoformat() if self.promise_due_on else "",
        }


class Attachment(models.Model):
    """A photo, a recording or a PDF. The file lies outside the database under its digest."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="attachments")
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="attachments")
    sha256 = models.CharField(_("摘要"), max_length=64)
    media_type = models.CharField(_("类型"), max_length=40)
    size = models.PositiveIntegerField(_("字节数"))
    width = models.PositiveIntegerField(_("宽"), null=True, blank=True)
    height = models.PositiveIntegerField(_("高"), null=True, blank=True)
    name = models.CharField(_("文件名"), max_length=120)
    by_kind = models.CharField(_("提交人"), max_length=10)
    at = models.DateTimeField(_("提交时间"))

    class Meta:
        constraints = [models.UniqueConstraint(name="attachment_once_a_matter", fields=["matter", "sha256"])]

    class Privacy:
        open = {"id", "matter", "event", "media_type", "size", "width", "height", "by_kind", "at"}
        personal = {"sha256", "name"}
        secret: set[str] = set()

    @property
    def is_sound(self) -> bool:
        """A recording, which can be listened to on the page."""
        return self.media_type in SOUNDS


class SavedView(models.Model):
    """A queue with filters that an official keeps."""

    official = models.ForeignKey(Official, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(_("筛选条件"), max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(name="saved_view_name_once", fields=["official", "name"])]

    class Privacy:
        open = {"id", "official", "name", "query"}
        personal: set[str] = set()
        secret: set[str] = set()
