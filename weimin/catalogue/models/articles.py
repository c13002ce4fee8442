"""The knowledge base: what people ask, answered once, reviewed by a day, and every wording it ever had."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from weimin.county.models import Office, Official, Post

from .kinds import Kind
from .services import Service


class Article(models.Model):
    """One article (知识库条目): a question as people ask it, and the answer of the office responsible for it.

    `version` grows by one with every act; `reviewed_on` is the day on which the office last said that it is right.
    """

    code = models.CharField(_("代码"), max_length=40, unique=True)
    title_zh = models.CharField(_("问题"), max_length=80)
    title_en = models.CharField(_("英文问题"), max_length=160, blank=True, default="")
    answer_zh = models.TextField(_("解答"), max_length=2000)
    answer_en = models.TextField(_("英文解答"), max_length=4000, blank=True, default="")
    source_zh = models.CharField(_("依据"), max_length=300)
    source_en = models.CharField(_("英文依据"), max_length=300, blank=True, default="")
    keywords = models.CharField(_("常用说法"), max_length=200, blank=True, default="")
    pinyin = models.CharField(_("拼音与首字母"), max_length=300, blank=True, default="")
    kind = models.ForeignKey(Kind, models.PROTECT, null=True, blank=True, related_name="articles")
    services = models.ManyToManyField(Service, related_name="articles", blank=True)
    office = models.ForeignKey(Office, models.PROTECT, related_name="articles")
    published_on = models.DateField(_("公开日期"))
    reviewed_on = models.DateField(_("上次复核"))
    valid_until = models.DateField(_("复核日期"))
    retired_on = models.DateField(_("停用日期"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="article_asked_once_an_office",
                fields=["office", "title_zh"],
                condition=Q(retired_on__isnull=True),
            ),
            models.CheckConstraint(
                name="article_has_question_answer_and_source",
                condition=~Q(title_zh="") & ~Q(answer_zh="") & ~Q(source_zh=""),
            ),
            models.CheckConstraint(
                name="article_days_are_in_order",
                condition=Q(reviewed_on__gte=F("published_on"), valid_until__gt=F("reviewed_on")),
            ),
            models.CheckConstraint(
                name="article_retires_after_its_review",
                condition=Q(retired_on__isnull=True) | Q(retired_on__gte=F("reviewed_on")),
            ),
        ]

    class Privacy:
        open = {
            "id", "code", "title_zh", "title_en", "answer_zh", "answer_en", "source_zh", "source_en", "keywords",
            "pinyin", "kind", "services", "office", "published_on", "reviewed_on", "valid_until", "retired_on",
            "version",
        }  # fmt: skip
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_zh if (get_language() or "zh").startswith("zh") else self.title_en or self.title_zh

    @property
    def paragraphs(self) -> list[str]:
        """The answer in the reader's language, paragraph by paragraph."""
        chinese = (get_language() or "zh").startswith("zh")
        text = self.answer_zh if chinese else self.answer_en or self.answer_zh
        return [line for line in text.splitlines() if line.strip()]

    def is_overdue(self, today: date) -> bool:
        """Whether its review date has passed: the reader is told, and the office finds it first on its list."""
        return self.retired_on is None and self.valid_until < today


class ArticleAct(models.TextChoices):
    """What may happen to an article."""

    KEEP = "KEEP", _("编写")
    CONFIRM = "CONFIRM", _("已复核")
    RETIRE = "RETIRE", _("已停用")


class ArticleChange(models.Model):
    """One act on an article: who, when, and – where words were written – the words as they were from then on.

    Appended to, never edited. Its salt opens the commitment that the ledger keeps of it.
    """

    article = models.ForeignKey(Article, models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField(_("版本"))
    act = models.CharField(_("行为"), max_length=8, choices=ArticleAct.choices)
    at = models.DateTimeField(_("时间"))
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="article_changes")
    official = models.ForeignKey(Official, models.PROTECT, null=True, blank=True, related_name="article_changes")
    words = models.JSONField(_("当时的文字"), default=dict)
    reason = models.CharField(_("理由"), max_length=300, blank=True, default="")
    valid_until = models.DateField(_("复核日期"))
    salt = models.BinaryField(_("盐"), max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="article_change_once_a_version", fields=["article", "version"]),
            models.CheckConstraint(name="article_act_is_known", condition=Q(act__in=ArticleAct.values)),
            models.CheckConstraint(
                name="article_retired_with_a_reason", condition=~Q(act=ArticleAct.RETIRE) | ~Q(reason="")
            ),
        ]

    class Privacy:
        open = {"id", "article", "version", "act", "at", "post", "official", "words", "reason", "valid_until"}
        personal: set[str] = set()
        secret = {"salt"}
