"""Officials: their accounts, the posts they hold, and the days they are away."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from weimin.kernel.refusal import Refused
from weimin.kernel.working_time import end_of_day
from weimin.ledger.services import record

from .. import queries
from ..actors import Actor
from ..models import Account, Holding, Leave, Official, Post
from .gate import who_configures

_A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Unmanned:
    """What a change of posts leaves behind: posts nobody acts on from that day, to be shown as a warning."""

    posts: tuple[Post, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.posts)


@transaction.atomic
def create_account(official: Official, *, username: str, password: str, by: Actor, now: datetime) -> Account:
    """Give an official a way to sign in; rights come only from the posts they hold.

    Before: no account. After: one account with this password. Who: CONFIGURE.
    """
    who = who_configures(by)
    if official.account_id:
        raise Refused("HAS_ACCOUNT", _("这位同志已有账号，不用再建。忘记密码时请重设密码。"))
    if Account.objects.filter(username__iexact=username).exists():
        raise Refused("USERNAME_TAKEN", _("这个登录名已有人使用，请换一个。"), field="username")
    account = Account(username=username, first_name=official.name_zh, email=official.email)
    try:
        account.clean_fields(exclude=["password"])
        validate_password(password, account)
    except ValidationError as wrong:
        raise Refused("BAD_SIGN_IN", " ".join(wrong.messages), field="password") from None
    account.set_password(password)
    account.save(force_insert=True)
    official.account = account
    official.save(update_fields=["account"])
    content = {"official": official.pk, "account": account.pk}
    record(what="county.create_account", about=f"official:{official.pk}", by=who, at=now, content=content)
    return account


@transaction.atomic
def appoint(official: Official, *, post: Post, from_on: date, by: Actor, now: datetime) -> Holding:
    """Put an official on a post from a day on, until further notice.

    Before: nobody holds the post on that day. After: they hold it, and its duties with it. Who: CONFIGURE.
    """
    who = who_configures(by)
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
    # The queries count by the day of a moment: one second after the last day ends is the first day without them.
    after = end_of_day(to_on) + _A_SECOND
    touched = Q(pk=holding.post_id) | Q(stand_in_id=holding.post_id)
    return Unmanned(tuple(queries.posts_without_anyone(now=after).filter(touched)))


@transaction.atomic
def record_leave(official: Official, *, from_on: date, to_on: date, reason: str, by: Actor, now: datetime) -> Leave:
    """Write down the days an official is away; the stand-ins of their posts act meanwhile.

    Before: no leave over these days. After: their duties rest, the stand-ins' begin.
    Who: CONFIGURE, or they themselves.
    """
    own = by.official is not None and by.official.pk == official.pk and bool(by.posts)
    who = by.word() if own else who_configures(by)
    if to_on < from_on:
        raise Refused("ENDS_BEFORE_IT_BEGINS", _("请假的最后一天不能早于第一天。"), field="to_on")
    if Leave.objects.filter(official=official, from_on__lte=to_on, to_on__gte=from_on).exists():
        raise Refused("LEAVE_OVERLAPS", _("这些日子里已有请假记录，请先核对。"), field="from_on")
    leave = Leave.objects.create(official=official, from_on=from_on, to_on=to_on, reason=reason)
    content = {"official": official.pk, "from": from_on, "to": to_on}
    record(what="county.record_leave", about=f"official:{official.pk}", by=who, at=now, content=content)
    return leave
