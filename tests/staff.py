"""Signing an official in, as password and second factor would leave it."""

from allauth.mfa.models import Authenticator
from django.test import Client

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def enter(client: Client, official) -> Client:
    """The same client, at the desk of this official."""
    account = official.account
    Authenticator.objects.get_or_create(user=account, type=Authenticator.Type.TOTP, defaults={"data": {}})
    client.force_login(account, backend=BACKEND)
    return client
