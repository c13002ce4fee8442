"""Keys for programs: shown once, kept as a digest, narrower than the post they act for, revocable."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..actors import Actor
from ..models import ApiToken, Post
from .gate import who_configures

PREFIX = {ApiToken.Use.REST: "wr_", ApiToken.Use.OPEN311: "wo_"}


def digest_of(raw: str) -> str:
    """What is kept of a key. Keys are long and random, so a plain hash cannot be guessed back.

    Before: a key as sent. After: nothing changes. Who: whoever checks a key.
    """
    return sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def issue_token(
    *,
    name: str,
    use: str,
    post: Post | None,
    duties: Iterable[str],
    by: Actor,
    now: datetime,
    per_minute: int = 600,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a key for a program and return it with its raw words, which are shown this once.

    Before: nothing. After: the key acts as the post, with at most these duties. Who: CONFIGURE.
    """
    who = who_configures(by)
    scope = sorted({str(duty) for duty in duties})
    if not name.strip():
        raise Refused("NO_NAME", _("请写明这个密钥给谁用、做什么。"), field="name")
    if use == ApiToken.Use.REST and post is None:
        raise Refused("NO_POST", _("工作接口的密钥要代表一个岗位，请选择岗位。"), field="post")
    if set(scope) - set(post.duties if post else ()):
        raise Refused("BEYOND_THE_POST", _("密钥的职责不能超出所代表岗位的职责。"), field="duties")
    if expires_at is not None and expires_at <= now:
        raise Refused("ALREADY_PAST", _("到期时间要晚于现在。"), field="expires_at")
    raw = PREFIX[ApiToken.Use(use)] + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name.strip(), use=use, digest=digest_of(raw), hint=raw[-4:], post=post, duties=scope,
        per_minute=per_minute, created_at=now, expires_at=expires_at,
    )  # fmt: skip
    content = {"token": token.pk, "use": use, "post": post.code if post else "", "duties": scope}
    record(what="county.issue_token", about=f"token:{token.pk}", by=who, at=now, content=content)
    return token, raw


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Actor, now: datetime) -> None:
    """End a key at once.

    Before: in force. After: the next request with it is refused. Who: CONFIGURE.
    """
    who = who_configures(by)
    if not ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now):
        raise Refused("ALREADY_REVOKED", _("这个密钥已经吊销。"))
    token.revoked_at = now
    record(what="county.revoke_token", about=f"token:{token.pk}", by=who, at=now, content={"token": token.pk})
