"""How officials and programs come in: accounts, and keys with a narrow scope that can be revoked."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..sealed import SealedField
from ..sealed.ring import CIPHER
from .offices import Post


class Account(AbstractUser):
    """A sign-in. It carries no rights of its own: duties come from posts and change the moment a post changes."""

    # Given by somebody else, so known to somebody else: to be changed before the desk opens.
    one_time_password = models.BooleanField(_("密码待本人更换"), default=False)

    class Privacy:
        open = {"id"}
        personal = {
            "username", "first_name", "last_name", "email", "is_staff", "is_active", "is_superuser", "date_joined",
            "last_login", "groups", "user_permissions", "one_time_password",
        }  # fmt: skip
        secret = {"password"}


class ApiToken(models.Model):
    """A key for a program. It acts as the post it was given for, with at most the duties listed here."""

    class Use(models.TextChoices):
        REST = "REST", _("REST 接口")
        OPEN311 = "OPEN311", _("Open311 接口")

    name = models.CharField(_("用途说明"), max_length=80)
    use = models.CharField(_("接口"), max_length=8, choices=Use.choices)
    digest = models.CharField(_("密钥摘要"), max_length=64, unique=True)  # SHA-256: keys are long and random
    hint = models.CharField(_("密钥末四位"), max_length=4)
    post = models.ForeignKey("county.Post", models.PROTECT, null=True, blank=True, related_name="tokens")
    duties = models.JSONField(_("职责范围"), default=list)
    per_minute = models.PositiveIntegerField(_("每分钟上限"), default=600)
    created_at = models.DateTimeField(_("发放时间"))
    expires_at = models.DateTimeField(_("到期时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True)

    # set by tokens.token_with_holder: the official who acts on the post now, and the post's own row
    holder: int | None
    post_duties: list[str]
    post_covers: int | None
    post_office: int | None
    post_retired: object

    class Meta:
        constraints = [
            models.CheckConstraint(name="token_use_is_known", condition=Q(use__in=["REST", "OPEN311"])),
            models.CheckConstraint(
                name="token_for_staff_names_its_post", condition=Q(use="OPEN311") | Q(post__isnull=False)
            ),
        ]

    class Privacy:
        open = {"id", "name", "use", "hint", "post", "duties", "per_minute", "created_at", "expires_at", "revoked_at"}
        personal: set[str] = set()
        secret = {"digest"}

    def __str__(self) -> str:
        return f"{self.name} …{self.hint}"

    def stands_as(self, post: Post) -> bool:
        """Whether this copy of its post is the post as it was when the key was looked up."""
        now = (self.post_duties, self.post_covers, self.post_office, self.post_retired)
        return now == (post.duties, post.covers_id, post.office_id, None)


class AnsweredRequest(models.Model):
    """What a creating request with an Idempotency-Key was answered, so that a repeat gets the same bytes."""

    scope = models.CharField(_("来源"), max_length=60)  # the key or session it came with, and the endpoint
    key = models.CharField(_("防重键"), max_length=120)
    payload_digest = models.CharField(_("内容摘要"), max_length=64)
    status = models.PositiveSmallIntegerField(_("应答码"))
    content_type = models.CharField(_("应答类型"), max_length=80)
    headers = models.JSONField(_("应答头"), default=dict)
    body = SealedField(_("应答内容"), row="key", blank=True, default="")
    answered_at = models.DateTimeField(_("应答时间"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="answered_request_once", fields=["scope", "key"]),
            models.CheckConstraint(name="answered_request_is_sealed", condition=Q(body__is_sealed=CIPHER)),
        ]
        indexes = [models.Index(fields=["answered_at"], name="answered_request_at")]  # to forget old ones

    class Privacy:
        open = {"id", "scope", "payload_digest", "status", "content_type", "answered_at"}
        personal = {"key", "headers"}
        secret = {"body"}  # a receipt in it carries the PIN
