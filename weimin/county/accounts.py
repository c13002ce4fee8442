"""How officials sign in: accounts are given with a post, never taken by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class StaffSocialAdapter(DefaultSocialAccountAdapter):
    """County single sign-on (OIDC) may only open accounts that already exist."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False
