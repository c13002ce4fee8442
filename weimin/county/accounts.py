"""How officials sign in: accounts are given with a post, never taken by signing up."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from .models import Account
from .sealed.sign_ins import open_factor, seal_factor


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: Account, password: str) -> None:
        """Chosen by themselves: nobody else knows it any more."""
        user.one_time_password = False
        super().set_password(user, password)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Guesses at a password are counted by axes alone, by name and address.

        The package's own count goes by the name: with it, whoever knows a name could keep its owner out.
        """

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has signed in within the last five minutes is not asked again: a new official is sent from the sign-in
        straight to setting up a second factor."""
        signed_in = [record["at"] for record in get_authentication_records(self.request, self.request.user)]
        fresh = signed_in and time.time() - max(signed_in) < app_settings.REAUTHENTICATION_TIMEOUT
        return not fresh and bool(super().is_reauthentication_required(app=app, **kwargs))


class SealedFactors(DefaultMFAAdapter):
    """The secret of an authenticator app and the seed of recovery codes stand sealed in the database."""

    def encrypt(self, text: str) -> str:
        return seal_factor(text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_factor(encrypted_text)


def name_guessed(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """The name axes counts by: LiMin and limin are one account, and so one count."""
    name = (credentials or {}).get("username") or request.POST.get("login")
    return None if name is None else str(name).strip().lower()
