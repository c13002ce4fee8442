"""What came of it: the resident's rating, the follow-up, the independent call-back, appeals, the public copy."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Kind
from weimin.county.models import Office, Official, Place, Post

from ..states import Grade, Resolved
from .matter import Matter
from .record import Answer


class Rating(models.Model):
    """The resident's own word. One for each answer."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="ratings")
    answer = models.OneToOneField(Answer, models.PROTECT, related_name="rating")
    at = models.DateTimeField(_("评价时间"))
    grade = models.PositiveSmallIntegerField(_("满意程度"), choices=Grade.choices)
    resolved = models.CharField(_("是否解决"), max_length=6, choices=Resolved.choices)
    words = models.TextField(_("想说的话"), blank=True, default="", max_length=1000)

    class Meta:
        constraints = [
            models.CheckConstraint(name="rating_grade_one_to_five", condition=Q(grade__gte=1, grade__lte=5)),
            models.CheckConstraint(name="rating_resolved_is_known", condition=Q(resolved__in=Resolved.values)),
        ]

    class Privacy:
        open = {"id", "matter", "answer", "at", "grade", "resolved"}
        personal = {"words"}
        secret: set[str] = set()


class FollowUp(models.Model):
    """A dissatisfied rating, followed to its end: contact, reply, rectify, each by its date."""

    rating = models.OneToOneField(Rating, models.PROTECT, related_name="follow_up")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="follow_ups")
    contact_due_at = models.DateTimeField(_("应联系时间"))
    reply_due_at = models.DateTimeField(_("应答复时间"))
    rectify_due_at = models.DateTimeField(_("应整改时间"))
    contacted_at = models.DateTimeField(_("联系时间"), null=True, blank=True)
    replied_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    rectified_at = models.DateTimeField(_("整改时间"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="follow_up_one_open", fields=["matter"], condition=Q(rectified_at__isnull=True)
            )
        ]

    class Privacy:
        open = {
            "id", "rating", "matter", "contact_due_at", "reply_due_at", "rectify_due_at", "contacted_at", "replied_at",
            "rectified_at",
        }  # fmt: skip
        personal: set[str] = set()
        secret: set[str] = set()


class Callback(models.Model):
    """An independent call-back: asked by someone outside the handling office."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="callbacks")
    at = models.DateTimeField(_("回访时间"))
    by = models.ForeignKey(Official, models.PROTECT, related_name="callbacks", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="callbacks", db_index=False)
    reached = models.BooleanField(_("是否接通"))
    resolved = models.CharField(_("是否解决"), max_length=6, choices=Resolved.choices, blank=True, default="")
    satisfied = models.BooleanField(_("是否满意"), null=True, blank=True)
    words = models.TextField(_("回访记录"), blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="callback_answers_only_if_reached",
                condition=Q(reached=True, satisfied__isnull=False) & ~Q(resolved="")
                | Q(reached=False, satisfied__isnull=True, resolved=""),
            )
        ]

    class Privacy:
        open = {"id", "matter", "at", "by", "post", "reached", "resolved", "satisfied"}
        personal = {"words"}
        secret: set[str] = set()


class Appeal(models.Model):
    """A review (复查, round 1) or re-review (复核, round 2), asked within 30 days and decided within 30."""

    class Outcome(models.TextChoices):
        UPHELD = "UPHELD", _("维持")
        SET_ASIDE = "SET_ASIDE", _("撤销，重新办理")

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="appeals")
    round = models.PositiveSmallIntegerField(_("轮次"))
    asked_at = models.DateTimeField(_("申请时间"))
    words = models.TextField(_("申请理由"))
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    decided_by = models.ForeignKey(Official, models.PROTECT, null=True, blank=True, related_name="appeals_decided")
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="appeals_decided")
    outcome = models.CharField(_("决定"), max_length=10, choices=Outcome.choices, blank=True, default="")
    facts = models.TextField(_("查明的事实"), blank=True, default="")
    reasons = models.TextField(_("理由"), blank=True, default="")
    rule = models.CharField(_("依据"), max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="appeal_each_round_once", fields=["matter", "round"]),
            models.CheckConstraint(name="appeal_two_rounds", condition=Q(round__gte=1, round__lte=2)),
            models.CheckConstraint(
                name="appeal_decided_whole",
                condition=Q(decided_at__isnull=True, outcome="") | (Q(decided_at__isnull=False) & ~Q(outcome="")),
            ),
        ]

    class Privacy:
        open = {"id", "matter", "round", "asked_at", "decided_at", "decided_by", "post", "outcome", "rule"}
        personal = {"words", "facts", "reasons"}
        secret: set[str] = set()


class Publication(models.Model):
    """The redacted public copy, made by a publisher from named fields only: readers see this row, never the matter."""

    matter = models.OneToOneField(Matter, models.PROTECT, related_name="publication")
    number = models.CharField(_("编号"), max_length=20, unique=True)
    request = models.CharField(_("诉求类型"), max_length=10)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="publications")
    place = models.ForeignKey(Place, models.PROTECT, related_name="publications")  # village or wider, never a group
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="publications")
    title = models.CharField(_("标题"), max_length=80)
    asked = models.TextField(_("群众反映"))
    done = models.TextField(_("办理结果"))
    received_on = models.DateField(_("收到日期"))
    answered_on = models.DateField(_("答复日期"))
    grade = models.PositiveSmallIntegerField(_("满意程度"), null=True, blank=True)
    resolved = models.CharField(_("是否解决"), max_length=6, blank=True, default="")
    published_at = models.DateTimeField(_("公开时间"))
    published_by = models.ForeignKey(Official, models.PROTECT, related_name="publications", db_index=False)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)
    withdrawn_why = models.CharField(_("撤下原因"), max_length=200, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["-published_at", "-id"], name="publication_newest", condition=Q(withdrawn_at__isnull=True)
            )
        ]

    class Privacy:
        open = {
            "id", "number", "request", "kind", "place", "office", "title", "asked", "done", "received_on",
            "answered_on", "grade", "resolved", "published_at", "withdrawn_at",
        }  # fmt: skip
        personal = {"matter", "published_by", "withdrawn_why"}
        secret: set[str] = set()
