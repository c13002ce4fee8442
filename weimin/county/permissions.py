"""Gates of the house. Every page and endpoint says here which duty opens it; "open to all" is said aloud.

A gate leaves its word on the view as `view.duty`; a rule test walks all URLs and fails on a view without one.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from weimin.kernel import clock

from .actors import Actor, actor_of
from .duties import SEES_PERSONAL_DATA, Duty
from .models import ApiToken, Holding, Leave, Office, Official, Post

View = Callable[..., HttpResponseBase]
OPEN = "OPEN"  # anyone, signed in or not
RECEIPT = "RECEIPT"  # a resident who has shown number and PIN, or a code sent to them
SIGNED_IN = "SIGNED_IN"  # any official, whatever the duty
TOKEN = "TOKEN"  # noqa: S105 -- a word, not a secret: a program with a key whose scope the endpoint checks


class StaffRequest(HttpRequest):
    """A request that has passed `needs` or `signed_in`: an official with at least one duty stands behind it."""

    actor: Actor


def open_to_all(view: View) -> View:
    """Said aloud: nothing on this page is anyone's secret."""
    view.duty = OPEN  # type: ignore[attr-defined]
    return view


def for_receipt_holders(view: View) -> View:
    """The page itself asks `matters.permissions` for the matter the session has unlocked."""
    view.duty = RECEIPT  # type: ignore[attr-defined]
    return view


def for_programs(view: View) -> View:
    """The endpoint checks the key it is sent."""
    view.duty = TOKEN  # type: ignore[attr-defined]
    return view


def actor_for(request: HttpRequest) -> Actor:
    """The signed-in official with the posts that are theirs now; no posts, no duties."""
    account = request.user.pk
    official = None if account is None else Official.objects.filter(account_id=account).first()
    if official is None:
        return Actor(kind="official")
    return actor_of(official, now=clock.now())


def has_second_factor(account: Any) -> bool:
    """A code or a passkey is set up, and so is asked for at sign-in. Recovery codes alone are no factor."""
    return bool(account and is_mfa_enabled(account, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]))


def _gate(view: View, word: object, allowed: Callable[[Actor], bool]) -> View:
    @wraps(view)
    def gated(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if request.user.one_time_password:
            messages.info(request, _("这个密码是别人替您设的，请先换成只有您自己知道的密码。"))
            return redirect("account_change_password")
        actor = actor_for(request)
        if not allowed(actor):
            raise PermissionDenied(_("您现在的岗位不能打开这一页。职责有变动时，请联系本单位负责人。"))
        if actor.duties & SEES_PERSONAL_DATA and not has_second_factor(request.user):
            messages.info(request, _("您的岗位能看到居民个人信息，请先设置手机验证码或通行密钥，任选一样。"))
            return redirect("mfa_index")
        request.actor = actor  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    gated.duty = word  # type: ignore[attr-defined]
    return gated


def needs(*duties: Duty) -> Callable[[View], View]:
    """Opens to who holds any of the duties through a post today. The view finds the person as `request.actor`."""

    def decorate(view: View) -> View:
        return _gate(view, duties, lambda actor: any(actor.has(duty) for duty in duties))

    return decorate


def keeps_or_looks(view: View) -> View:
    """Settings: who keeps the rules (CONFIGURE) changes them; who audits (AUDIT) may look, and sends nothing."""
    look, change = needs(Duty.CONFIGURE, Duty.AUDIT)(view), needs(Duty.CONFIGURE)(view)

    @wraps(view)
    def gated(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        opened = look if request.method in ("GET", "HEAD") else change
        return opened(request, *args, **kwargs)

    gated.duty = (Duty.CONFIGURE, Duty.AUDIT)  # type: ignore[attr-defined]
    return gated


def signed_in(view: View) -> View:
    """Opens to every official with at least one duty."""
    return _gate(view, SIGNED_IN, lambda actor: bool(actor.duties))


def post_of(code: str) -> Post:
    """A post of the settings, retired ones too."""
    known = Post.objects.select_related("office", "covers", "superior__office", "stand_in__office")
    return get_object_or_404(known.defer("covers__outline"), code=code)


def office_of(code: str) -> Office:
    """An office of the settings, retired ones too."""
    return get_object_or_404(Office.objects.select_related("place", "superior").defer("place__outline"), code=code)


def official_of(pk: int) -> Official:
    return get_object_or_404(Official.objects.select_related("account"), pk=pk)


def holding_of(post: Post) -> Holding:
    """Who holds the post until further notice."""
    return get_object_or_404(Holding.objects.select_related("official", "post"), post=post, to_on__isnull=True)


def leave_of(official: Official, pk: int) -> Leave:
    """A leave of this official, and of nobody else."""
    return get_object_or_404(Leave.objects.select_related("official"), official=official, pk=pk)


def year_of(year: int) -> int:
    """A year that can stand in the official calendar."""
    if not 1970 <= year <= 2200:
        raise Http404
    return year


def key_of(pk: int) -> ApiToken:
    return get_object_or_404(ApiToken, pk=pk)
