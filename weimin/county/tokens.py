"""Keys of programs: whom a key lets act, checked at every request, so a revoked key or an ended post ends at once."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from weimin.kernel.refusal import Refused

from .actors import Actor
from .models import ApiToken, Official
from .queries import post_of_token, token_with_holder
from .services.keys import digest_of
from .throttle import allow


@dataclass(frozen=True)
class Bearer:
    """A key that was accepted, and who acts through it. An Open311 key has no post: it only hands in."""

    token: ApiToken
    actor: Actor


def bearer_of(raw: str, *, use: ApiToken.Use, now: datetime) -> Bearer:
    """Who this key is. Refused UNKNOWN_KEY, or TOO_MANY past the key's limit a minute."""
    token = token_with_holder(digest_of(raw), use, now=now)
    if token is None or token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        raise Refused("UNKNOWN_KEY", _("密钥无效、已到期或已吊销，请向县里重新申请。"))
    if not allow(f"token:{token.pk}", per_minute=token.per_minute, now=now):
        raise Refused("TOO_MANY", _("请求太多了，请过一分钟再试。"))
    if token.post_id is None:
        return Bearer(token, Actor(kind="resident"))
    post = post_of_token(token)
    if token.holder is None or post is None:
        raise Refused("UNKNOWN_KEY", _("这个密钥的岗位现在没有人在任，暂时不能使用。"))
    # Who they are is loaded only if somebody asks; most requests need no more than the key of their row.
    official = Official.from_db(None, ["id"], [token.holder])
    return Bearer(token, Actor(kind="official", posts=(post,), official=official, only=frozenset(token.duties)))
