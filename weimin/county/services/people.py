"""Officials: who they are, the posts they hold, and the days they are away."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from .. import queries
from ..actors import Actor
from ..models import Holding, Leave, Official, Post
from ..pinyin import search_words
from .gate import who_configures

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Unmanned:
    """What a change of posts leaves behind: posts nobody acts on from that day, to be shown as a warning."""

    posts: tuple[Post, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.posts)


@transaction.atomic
def add_official(*, name_zh: str, name_en: str, phone: str = "", email: str = "", by: Actor, now: datetime) -> Official:
    """Write down a person who will serve. They may do nothing until they hold a post.

    Before: not on the list. After: on it, without post and without account. Who: CONFIGURE.
    """
    who = who_configures(by)
    official = Official.objects.create(**_person(name_zh, name_en, phone, email))
    content = {"official": official.pk}
    record(what="county.add_official", about=f"official:{official.pk}", by=who, at=now, content=content)
    return official


@transaction.atomic
def change_official(
    official: Official, *, name_zh: str, name_en: str, phone: str, email: str, by: Actor, now: datetime
) -> None:
    """Correct how a person is named and reached.

    Before: any. After: these names and numbers. Who: CONFIGURE.
    """
    who = who_configures(by)
    columns = _person(name_zh, name_en, phone, email)
    Official.objects.filter(pk=official.pk).update(**columns)
    for name, value in columns.items():
        setattr(official, name, value)
    content = {"official": official.pk, **columns}
    record(what="county.change_official", about=f"official:{official.pk}", by=who, at=now, content=content)


def _person(name_zh: str, name_en: str, phone: str, email: str) -> dict[str, str]:
    name_zh, name_en = name_zh.strip(), name_en.strip()
    if not name_zh or not name_en:
        raise Refused("NO_NAME", _("请写明姓名，中文和英文（拼音）都要。"), field="name_en" if name_zh else "name_zh")
    pinyin = search_words(name_zh, limit=120)
    return {"name_zh": name_zh, "name_en": name_en, "pinyin": pinyin, "phone": phone.strip(), "email": email.strip()}


@transaction.atomic
def appoint(official: Official, *, post: Post, from_on: date, by: Actor, now: datetime) -> Holding:
    """Put an official on a post from a day on, until further notice.

    Before: nobody holds the post on that day. After: they hold it, and its duties with it.
    Who: CONFIGURE, for somebody else: nobody gives themselves powers.
    """
    who = who_configures(by)
    if by.official is not None and by.official.pk == official.pk:
        raise Refused("NOT_YOUR_OWN", _("不能任命自己，请由另一位负责规则维护的同志办理。"), field="official")
    if post.retired_on is not None and post.retired_on <= from_on:
        raise Refused("POST_ENDED", _("这个岗位已经撤销，不能再任命。"), field="post")
    if Holding.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=from_on), post=post).exists():
        raise Refused("POST_HELD", _("这个岗位在那一天还有人任职，请先办理免职，再任命新人。"), field="from_on")
    holding = Holding.objects.create(official=official, post=post, from_on=from_on)
    content = {"official": official.pk, "post": post.code, "from": from_on}
    record(what="county.appoint", about=f"post:{post.code}", by=who, at=now, content=content)
    return holding


@transaction.atomic
def end_holding(holding: Holding, *, to_on: date, by: Actor, now: datetime) -> Unmanned:
    """End an official's time on a post; `to_on` is their last day.

    Before: held until further notice. After: ends on that day; says which posts nobody acts on from the day after.
    Who: CONFIGURE.
    """
    who = who_configures(by)
    if to_on < holding.from_on:
        raise Refused("ENDS_BEFORE_IT_BEGINS", _("任职截止日期不能早于任职开始日期。"), field="to_on")
    if not Holding.objects.filter(pk=holding.pk, to_on__isnull=True).update(to_on=to_on):
        raise Refused("ALREADY_ENDED", _("这段任职已经结束，没有再改动。请刷新页面再看。"))
    holding.to_on = to_on
    content = {"official": holding.official_id, "post": holding.post.code, "to": to_on}
    record(what="county.end_holding", about=f"post:{holding.post.code}", by=who, at=now, content=content)
    return Unmanned(tuple(queries.posts_left_empty(holding, to_on=to_on)))


@transaction.atomic
def record_leave(official: Official, *, from_on: date, to_on: date, reason: str, by: Actor, now: datetime) -> Leave:
    """Write down the days an official is away; the stand-ins of their posts act meanwhile.

    Before: no leave over these days. After: their duties rest, the stand-ins' begin.
    Who: CONFIGURE, or they themselves.
    """
    who = _themselves_or_keeper(official, by)
    if to_on < from_on:
        raise Refused("ENDS_BEFORE_IT_BEGINS", _("请假的最后一天不能早于第一天。"), field="to_on")
    if Leave.objects.filter(official=official, from_on__lte=to_on, to_on__gte=from_on).exists():
        raise Refused("LEAVE_OVERLAPS", _("这些日子里已有请假记录，请先核对。"), field="from_on")
    leave = Leave.objects.create(official=official, from_on=from_on, to_on=to_on, reason=reason)
    content = {"official": official.pk, "from": from_on, "to": to_on}
    record(what="county.record_leave", about=f"official:{official.pk}", by=who, at=now, content=content)
    return leave


@transaction.atomic
def cancel_leave(leave: Leave, *, by: Actor, now: datetime) -> Leave | None:
    """They are back early, or do not go: from today on their posts are theirs again.

    Before: its last day has not passed. After: leave that had begun ends yesterday; leave that had not is gone.
    Who: CONFIGURE, or they themselves.
    """
    who = _themselves_or_keeper(leave.official, by)
    today = county_day(now)
    standing = Leave.objects.filter(pk=leave.pk, to_on__gte=today)
    begun = leave.from_on < today
    done = standing.update(to_on=today - _A_DAY) if begun else standing.delete()[0]
    if not done:
        raise Refused("ALREADY_OVER", _("这次请假已经结束或撤销，没有再改动。请刷新页面再看。"))
    content = {"official": leave.official_id, "from": leave.from_on, "to": today - _A_DAY if begun else None}
    record(what="county.cancel_leave", about=f"official:{leave.official_id}", by=who, at=now, content=content)
    if not begun:
        return None
    leave.to_on = today - _A_DAY
    return leave


def _themselves_or_keeper(official: Official, by: Actor) -> str:
    own = by.official is not None and by.official.pk == official.pk and bool(by.posts)
    return by.word() if own else who_configures(by)
