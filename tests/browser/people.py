"""Who sits before the screen, and how wide it is. conftest.py is read before Django's models are; this file is not."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client

PHONE, DESK = 360, 1280


def session_of(official) -> str:
    """A session as signing in with password and code would leave it."""
    account = official.account
    Authenticator.objects.get_or_create(user=account, type=Authenticator.Type.TOTP, defaults={"data": {}})
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value
