"""Ways to sign in: the county's single sign-on bound to an account, and a sign-in that was lost given anew."""

import secrets
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..actors import Actor
from ..models import Account, Official
from .gate import who_configures


@transaction.atomic
def bind_single_sign_on(*, username: str, provider: str, uid: str, now: datetime) -> SocialAccount:
    """Tie the lasting number somebody has in the county's single sign-on to the account of their username.

    Before: an account of that name, tied to nobody. After: this number opens it, whatever it is called later.
    Who: whoever the single sign-on vouches for.
    Refused UNKNOWN_PERSON or TIED_TO_ANOTHER: nobody is let in by a name that has passed from one person to another.
    """
    account = Account.objects.filter(username__iexact=username).first() if username else None
    official = Official.objects.filter(account=account).first() if account else None
    if account is None or official is None:
        raise Refused("UNKNOWN_PERSON", _("统一身份认证确认了您的身份，但这里没有您的账号。"))
    if SocialAccount.objects.filter(user=account, provider=provider).exists():
        raise Refused("TIED_TO_ANOTHER", _("这个账号已经和另一个身份绑定，没有让您进入。"))
    tied = SocialAccount.objects.create(user=account, provider=provider, uid=uid)
    content = {"official": official.pk, "account": account.pk, "provider": provider, "uid": uid}
    record(what="county.bind_single_sign_on", about=f"official:{official.pk}", by="official", at=now, content=content)
    return tied


@transaction.atomic
def reset_sign_in(account: Account, *, by: Actor, now: datetime) -> str:
    """Give a new password to somebody who lost theirs, or their phone; returns it, to be handed over in person.

    Before: any ways in. After: one password, no second factor (it is asked for anew), no tie to the single sign-on,
    signed out everywhere. Who: CONFIGURE, having seen the person.
    """
    who = who_configures(by)
    password = secrets.token_urlsafe(12)
    account.set_password(password)  # also ends every session: each holds a digest of the password it began with
    account.save(update_fields=["password"])
    Authenticator.objects.filter(user=account).delete()
    SocialAccount.objects.filter(user=account).delete()
    content = {"account": account.pk}
    record(what="county.reset_sign_in", about=f"account:{account.pk}", by=who, at=now, content=content)
    return password
