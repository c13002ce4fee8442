"""Back to a matter, and out again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from weimin.county import throttle
from weimin.county.permissions import for_receipt_holders, open_to_all
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.matters import access, permissions
from weimin.matters.forms.portal import FollowForm

TRIES_PER_MINUTE = 10


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Number and PIN, or a code sent to the resident."""
    now = clock.now()
    form = FollowForm(request.POST or None, initial={"number": request.GET.get("number", "")[:40]})
    if request.method == "POST" and form.is_valid():
        try:
            number = access.number_of(form.cleaned_data["number"])
            _not_too_often(request)
            if "send_code" in request.POST:
                _send_code(request, number)
            else:
                _open(request, number, form.cleaned_data["pin"])
                return redirect("matters:my", number)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
    context = {"form": form, "open_numbers": permissions.unlocked_numbers(request, now=now)}
    return render(request, "matters/portal/follow.html", context)


def _not_too_often(request: HttpRequest) -> None:
    if not throttle.allow(f"follow:{throttle.address_of(request)}", per_minute=TRIES_PER_MINUTE, now=clock.now()):
        raise Refused("TOO_OFTEN", _("试得太快了，请过一分钟再试。"))


def _send_code(request: HttpRequest, number: str) -> None:
    access.send_code(number, now=clock.now())
    messages.info(
        request, _("如果这个编号留了手机或邮箱，验证码已经发出，10 分钟内填在下面。匿名反映的，请用回执上的查询码。")
    )


def _open(request: HttpRequest, number: str, pin: str) -> None:
    """A code that was sent opens it even while wrong PINs have locked the number."""
    now, address = clock.now(), throttle.address_of(request)
    if not pin:
        raise Refused("PIN_MISSING", _("请填 6 位查询码，或者点“把验证码发给我”。"), field="pin")
    if not access.code_fits(number, pin, address=address, now=now):
        access.by_pin(number, pin, address=address, now=now)
    request.session.cycle_key()
    permissions.unlock(request, number, now=now)


@for_receipt_holders
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close every matter opened here, for a phone that others use too."""
    permissions.lock_all(request)
    messages.success(request, _("已关闭。再看时请重新填编号和查询码。"))
    return redirect("matters:follow")
