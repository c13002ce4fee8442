"""Keys of programs: whom a key lets act, checked at every request, so a revoked key or an ended post ends at once."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused

from .actors import Actor
from .models import ApiToken, Post
from .queries import PRESENT, officials_by_key, posts_open, posts_open_by_key
from .services.keys import digest_of
from .throttle import allow
from .together import prepared_cursor


@dataclass(frozen=True)
class Bearer:
    """A key that was accepted, and who acts through it. An Open311 key has no post: it only hands in."""

    token: ApiToken
    actor: Actor


def bearer_of(raw: str, *, use: ApiToken.Use, now: datetime) -> Bearer:
    """Who this key is. Refused UNKNOWN_KEY, or TOO_MANY past the key's limit a minute."""
    token = token_with_holder(digest_of(raw), use, now=now)
    if token is None:
        raise Refused("UNKNOWN_KEY", _("密钥无效、已到期或已吊销，请向县里重新申请。"))
    if not allow(f"token:{token.pk}", per_minute=token.per_minute, now=now):
        raise Refused("TOO_MANY", _("请求太多了，请过一分钟再试。"))
    if token.post_id is None:
        return Bearer(token, Actor(kind="resident"))
    post = post_of_token(token)
    if token.holder is None or post is None:
        raise Refused("UNKNOWN_KEY", _("这个密钥的岗位现在没有人在任，暂时不能使用。"))
    official = officials_by_key.row(token.holder)
    return Bearer(token, Actor(kind="official", posts=(post,), official=official, only=frozenset(token.duties)))


# Who acts on a post on a day, as `holder_of` says it: asked at every request of a program, so it costs one statement.
_ACTING = f"""(
    SELECT h.official_id FROM county_holding h, today WHERE h.post_id = {{post}} AND {PRESENT}
    ORDER BY h.from_on DESC, h.id DESC LIMIT 1
)"""  # noqa: S608 -- made of the text of the other question
_TOKEN = f"""
    WITH today AS (SELECT %s AS day)
    SELECT t.id, t.post_id, t.duties, t.per_minute,
        coalesce({_ACTING.format(post="t.post_id")}, {_ACTING.format(post="p.stand_in_id")}),
        p.duties, p.covers_id, p.office_id, p.retired_on
    FROM county_apitoken t LEFT JOIN county_post p ON p.id = t.post_id
    WHERE t.digest = %s AND t.use = %s AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %s)
"""  # noqa: S608 -- made of the two texts above


def token_with_holder(digest: str, use: str, *, now: datetime) -> ApiToken | None:
    """The key of this digest that may be used now; its `holder` is the key of the official who acts on its post."""
    day = connection.ops.adapt_datefield_value(county_day(now))
    with prepared_cursor() as cursor:
        cursor.execute(_TOKEN, [day, digest, use, connection.ops.adapt_datetimefield_value(now)])
        row = cursor.fetchone()
    if row is None:
        return None
    pk, post, duties, per_minute, holder, post_duties, covers, office, retired = row
    found = {"id": pk, "post_id": post, "duties": json.loads(duties), "per_minute": per_minute}
    token = ApiToken.from_db(None, list(found), list(found.values()))  # what a request needs; the rest if it is asked
    token.holder, token.post_duties, token.post_retired = holder, json.loads(post_duties or "[]"), retired
    token.post_covers, token.post_office = covers, office
    return token


def post_of_token(token: ApiToken) -> Post | None:
    """The post of a key as it stands now. Another process may have changed it a moment ago, so what is kept of it here
    is believed only if it says what the key's own row has just said."""
    assert token.post_id is not None
    for _look in range(2):
        post = posts_open_by_key().get(token.post_id)
        if post is not None and token.stands_as(post):
            return post
        posts_open.forget()
        posts_open_by_key.forget()
    return None
