"""How officials sign in: accounts are given with a post, never taken by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Guesses at a password are counted by axes alone, by name and address.

        The package's own count goes by the name: with it, whoever knows a name could keep its owner out.
        """


def name_guessed(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """The name axes counts by: LiMin and limin are one account, and so one count."""
    name = (credentials or {}).get("username") or request.POST.get("login")
    return None if name is None else str(name).strip().lower()
