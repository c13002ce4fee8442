"""How officials sign in: accounts are given with a post, never taken by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from .models import Account


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: Account, password: str) -> None:
        """Chosen by themselves: nobody else knows it any more."""
        user.one_time_password = False
        super().set_password(user, password)


class StaffSocialAdapter(DefaultSocialAccountAdapter):
    """County single sign-on (OIDC) may only open accounts that already exist."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False
