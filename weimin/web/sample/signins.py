"""The demonstration's way in: one account and one key for each duty, made anew on every machine."""

import json
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings

from weimin.county.actors import IMPORT
from weimin.county.duties import Duty
from weimin.county.models import ApiToken, Holding, Post
from weimin.county.services import create_account, issue_token, revoke_token

# Who shows each duty. Those who take in, sort and send on cover the whole county.
SHOWN_BY = {
    Duty.TAKE_IN: "RX-13", Duty.CLASSIFY: "RX-11", Duty.DISPATCH: "RX-12", Duty.HANDLE: "SLJ-2", Duty.APPROVE: "SLJ-1",
    Duty.LEAD: "FXZ-B", Duty.CALL_BACK: "RX-21", Duty.PUBLISH: "XZF-31", Duty.REVIEW: "XFJ-31",
    Duty.CONFIGURE: "SPJ-31", Duty.AUDIT: "SFJ-31",
}  # fmt: skip
TOKEN_NAME = "示范密钥"  # noqa: S105 -- a name, not a secret


def give_signins(*, now: datetime) -> dict[str, Any]:
    """Accounts with new passwords and second factors, and new keys; the old ones, if there were any, end."""
    for token in ApiToken.objects.filter(name__startswith=TOKEN_NAME, revoked_at__isnull=True):
        revoke_token(token, by=IMPORT, now=now)
    posts = {post.code: post for post in Post.objects.filter(code__in=SHOWN_BY.values())}
    holders = {holding.post_id: holding.official for holding in Holding.objects.select_related("official__account")}
    users, tokens = [], {}
    for duty, code in SHOWN_BY.items():
        post = posts[code]
        password, secret = secrets.token_urlsafe(12), generate_totp_secret()
        account = holders[post.pk].account
        if account is None:
            username = duty.lower()
            account = create_account(holders[post.pk], username=username, password=password, by=IMPORT, now=now)
        else:
            account.set_password(password)
            account.save(update_fields=["password"])
        Authenticator.objects.filter(user=account).delete()
        TOTP.activate(account, secret)
        users.append({"duty": duty, "username": account.username, "password": password, "totp_secret": secret})
        tokens[duty] = _key(ApiToken.Use.REST, post, duty, now)
    return {"api_key": _key(ApiToken.Use.OPEN311, None, None, now), "tokens": tokens, "users": users}


def _key(use: ApiToken.Use, post: Post | None, duty: Duty | None, now: datetime) -> str:
    name = f"{TOKEN_NAME} {duty or use}"
    _token, raw = issue_token(name=name, use=use, post=post, duties=[duty] if duty else [], by=IMPORT, now=now)
    return raw


def write_down(signins: dict[str, Any], resident: dict[str, str]) -> Path:
    """demo.json, readable by its owner alone, and never half written."""
    path = settings.WEIMIN_HOME / "demo.json"
    base = settings.BASE_URL.rstrip("/")
    demo = {"base_url": base, "open311": f"{base}/open311/v2", **signins, "resident": resident}
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(demo, file, ensure_ascii=False, indent=2)
    beside.replace(path)
    return path
