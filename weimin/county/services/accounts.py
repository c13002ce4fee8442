"""Sign-ins of officials: given with a password shown once, renewed on record, never with rights of their own."""

import secrets
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..actors import Actor
from ..models import Account, Official
from .gate import who_configures

_PLAIN = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter or digit that is misheard or misread for another


@transaction.atomic
def create_account(official: Official, *, username: str, password: str, by: Actor, now: datetime) -> Account:
    """Give an official a way to sign in; rights come only from the posts they hold.

    Before: no account. After: one account with this password. Who: CONFIGURE.
    """
    return _create(official, username, password, one_time=False, by=by, now=now)


@transaction.atomic
def open_account(official: Official, *, username: str, by: Actor, now: datetime) -> tuple[Account, str]:
    """Give an official an account and return the password to hand over; it is shown this once.

    Before: no account. After: one account, whose password must be changed before anything else. Who: CONFIGURE.
    """
    password = _one_time_password()
    return _create(official, username, password, one_time=True, by=by, now=now), password


@transaction.atomic
def reset_password(official: Official, *, by: Actor, now: datetime) -> str:
    """Give an official who forgot theirs a new password, shown this once.

    Before: an account. After: the old password and every session with it end; the new one must be changed before
    anything else. Who: CONFIGURE, for somebody else: one's own is changed under one's own sign-in.
    """
    who, account = _account_of_another(official, by)
    password = _one_time_password()
    account.set_password(password)
    account.one_time_password = True
    account.save(update_fields=["password", "one_time_password"])
    content = {"official": official.pk, "account": account.pk}
    record(what="county.reset_password", about=f"official:{official.pk}", by=who, at=now, content=content)
    return password


@transaction.atomic
def reset_second_factor(official: Official, *, by: Actor, now: datetime) -> None:
    """Take back the codes and passkeys of an official who lost the telephone they were on.

    Before: a second factor. After: none; the desk stays shut to them until they have set up a new one.
    Who: CONFIGURE, for somebody else.
    """
    who, account = _account_of_another(official, by)
    removed, _tables = Authenticator.objects.filter(user=account).delete()
    if not removed:
        raise Refused("NO_SECOND_FACTOR", _("这位同志还没有设置动态验证码或通行密钥，不用重置。"))
    content = {"official": official.pk, "account": account.pk, "removed": removed}
    record(what="county.reset_second_factor", about=f"official:{official.pk}", by=who, at=now, content=content)


def _create(official: Official, username: str, password: str, *, one_time: bool, by: Actor, now: datetime) -> Account:
    who = who_configures(by)
    if official.account_id:
        raise Refused("HAS_ACCOUNT", _("这位同志已有账号，不用再建。忘记密码时请重设密码。"))
    if Account.objects.filter(username__iexact=username).exists():
        raise Refused("USERNAME_TAKEN", _("这个登录名已有人使用，请换一个。"), field="username")
    account = Account(username=username, first_name=official.name_zh, email=official.email, one_time_password=one_time)
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


def _account_of_another(official: Official, by: Actor) -> tuple[str, Account]:
    who = who_configures(by)
    if by.official is not None and by.official.pk == official.pk:
        raise Refused("NOT_YOUR_OWN", _("自己的密码和动态验证码请在“登录安全”里改，不能在这里重置。"))
    account = official.account
    if account is None:
        raise Refused("NO_ACCOUNT", _("这位同志还没有账号，请先建账号。"))
    return who, account


def _one_time_password() -> str:
    """Sixteen letters and digits in fours, so that it can be read out over the telephone."""
    return "-".join("".join(secrets.choice(_PLAIN) for _n in range(4)) for _group in range(4))
