"""The county's single sign-on (OpenID Connect): it says who somebody is, and opens accounts that already stand."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.http import HttpRequest
from django.shortcuts import render

from weimin.county.services import bind_single_sign_on
from weimin.kernel import clock
from weimin.kernel.refusal import Refused


class StaffSocialAdapter(DefaultSocialAccountAdapter):
    """The first time, the username they are known by leads to the account; from then on their lasting number does."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if not sociallogin.is_existing:
            self._bind(request, sociallogin)
        # who they are is kept with the official; what else the single sign-on tells is not ours to keep
        SocialAccount.objects.filter(pk=sociallogin.account.pk).update(extra_data={})

    def _bind(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        account = sociallogin.account
        name = _username(sociallogin.provider.app.settings, account.extra_data)
        try:
            sociallogin.account = bind_single_sign_on(
                username=name, provider=account.provider, uid=account.uid, now=clock.now()
            )
        except Refused as refusal:
            context = {"refusal": refusal, "name": name}
            raise ImmediateHttpResponse(render(request, "socialaccount/not_let_in.html", context, status=403)) from None
        sociallogin.user = sociallogin.account.user


def _username(settings: dict[str, Any], told: dict[str, Any]) -> str:
    claims = told.get("userinfo") or told.get("id_token") or told
    return str(claims.get(settings["username_claim"]) or "").strip()
