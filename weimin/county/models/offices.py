"""Offices, posts, and the officials who hold them from one day to another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .places import Place


def _in_readers_language(zh: str, en: str) -> str:
    return zh if (get_language() or "zh").startswith("zh") else en


class Office(models.Model):
    """A unit of the county: a bureau, a township's office, the hotline."""

    code = models.CharField(_("代码"), max_length=20, unique=True)
    name_zh = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=100)
    pinyin = models.CharField(_("拼音与首字母"), max_length=200, blank=True, default="")
    place = models.ForeignKey(Place, models.PROTECT, related_name="offices")
    superior = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="subordinates")
    phone = models.CharField(_("电话"), max_length=20, blank=True, default="")
    address = models.CharField(_("地址"), max_length=120, blank=True, default="")
    opening_hours = models.CharField(_("办公时间"), max_length=120, blank=True, default="")
    retired_on = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="office_is_not_its_own_superior", condition=~Q(superior=F("id")))]

    class Privacy:
        open = {
            "id", "code", "name_zh", "name_en", "pinyin", "place", "superior", "phone", "address", "opening_hours",
            "retired_on",
        }  # fmt: skip
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return _in_readers_language(self.name_zh, self.name_en)


class Official(models.Model):
    """A person who serves. The account is how they sign in; their duties come from the posts they hold."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="official"
    )
    name_zh = models.CharField(_("姓名"), max_length=40)
    name_en = models.CharField(_("英文姓名"), max_length=80)
    pinyin = models.CharField(_("拼音与首字母"), max_length=120, blank=True, default="")
    phone = models.CharField(_("联系电话"), max_length=20, blank=True, default="")
    email = models.EmailField(_("电子邮箱"), blank=True, default="")

    class Privacy:
        # An official's name, post and office telephone are public when they act for the county.
        open = {"id", "name_zh", "name_en", "pinyin"}
        personal = {"account", "phone", "email"}
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return _in_readers_language(self.name_zh, self.name_en)


class Post(models.Model):
    """A post: its duties, the places it covers, whom it answers to, and who stands in (AB岗)."""

    code = models.CharField(_("代码"), max_length=24, unique=True)
    name_zh = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=100)
    office = models.ForeignKey(Office, models.PROTECT, related_name="posts")
    duties = models.JSONField(_("职责"), default=list)  # words of Duty
    covers = models.ForeignKey(Place, models.PROTECT, related_name="covering_posts")
    superior = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="subordinates")
    stand_in = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="stands_in_for")
    retired_on = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="post_is_not_its_own_superior", condition=~Q(superior=F("id"))),
            models.CheckConstraint(name="post_does_not_stand_in_for_itself", condition=~Q(stand_in=F("id"))),
        ]

    class Privacy:
        open = {"id", "code", "name_zh", "name_en", "office", "duties", "covers", "superior", "stand_in", "retired_on"}
        personal: set[str] = set()
        secret: set[str] = set()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return _in_readers_language(self.name_zh, self.name_en)


class Holding(models.Model):
    """An official on a post, from one day to another. `to_on` is the last day; empty means until further notice."""

    official = models.ForeignKey(Official, models.PROTECT, related_name="holdings")
    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings")
    from_on = models.DateField(_("任职起"))
    to_on = models.DateField(_("任职止"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="holding_ends_after_it_begins", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))
            ),
            models.UniqueConstraint(
                name="holding_post_has_one_open_holder", fields=["post"], condition=Q(to_on__isnull=True)
            ),
        ]

    class Privacy:
        open = {"id", "official", "post", "from_on", "to_on"}
        personal: set[str] = set()
        secret: set[str] = set()


class Leave(models.Model):
    """Days an official is away: the stand-in of each of their posts acts."""

    official = models.ForeignKey(Official, models.PROTECT, related_name="leaves")
    from_on = models.DateField(_("请假起"))
    to_on = models.DateField(_("请假止"))
    reason = models.CharField(_("原因"), max_length=60, blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(name="leave_ends_after_it_begins", condition=Q(to_on__gte=F("from_on")))]

    class Privacy:
        open = {"id", "official", "from_on", "to_on"}
        personal = {"reason"}
        secret: set[str] = set()
