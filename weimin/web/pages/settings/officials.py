"""Officials: who they are, their posts, their leave, and their way in."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from weimin.county import queries, services
from weimin.county.duties import Duty
from weimin.county.forms.people import AccountForm, LeaveForm, OfficialForm, OfficialsFilter
from weimin.county.permissions import StaffRequest, has_second_factor, leave_of, needs, official_of
from weimin.kernel import clock
from weimin.kernel.refusal import Refused

from .county_shared import history, sent, show, show_form, tried


@require_GET
@needs(Duty.CONFIGURE)
def officials(request: StaffRequest) -> HttpResponse:
    """Everybody on the list, with the posts they hold today."""
    form = OfficialsFilter(request.GET)
    found = queries.officials_known(now=clock.now())
    chosen = form.cleaned_data if form.is_valid() else {}
    for word in chosen.get("q", "").split():
        found = found.filter(
            Q(name_zh__icontains=word) | Q(name_en__icontains=word) | Q(pinyin__icontains=word.lower())
        )
    rows = [official for official in found if _fits(official, chosen)]
    return show(request, "officials.html", {"form": form, "rows": rows})


def _fits(official: Any, chosen: dict[str, Any]) -> bool:
    office = chosen.get("office")
    if office and office.pk not in {holding.post.office_id for holding in official.held}:
        return False
    shut_out = {
        "NO_POST": bool(official.held), "NO_ACCOUNT": official.account_id is not None, "AWAY": not official.away,
    }  # fmt: skip
    return not shut_out.get(chosen.get("only", ""), False)


@require_GET
@needs(Duty.CONFIGURE)
def official(request: StaffRequest, official: int) -> HttpResponse:
    """One person: posts, leave, account, and what was done."""
    found = official_of(official)
    holdings = found.holdings.select_related("post__office").order_by("-from_on", "-pk")
    context = {
        "official": found, "holdings": holdings, "leaves": queries.leave_ahead(found, now=clock.now()),
        "second_factor": has_second_factor(found.account), "history": history(f"official:{found.pk}"),
        "own": request.actor.official == found,
    }  # fmt: skip
    return show(request, "official.html", context)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def new(request: StaffRequest) -> HttpResponse:
    """Write down somebody new."""
    form = OfficialForm(sent(request))
    if form.is_valid():
        done, made = tried(form, lambda: services.add_official(**form.cleaned_data, by=request.actor, now=clock.now()))
        if done and made is not None:
            messages.success(request, _("已登记。要办事，还要任命到岗位，并建一个账号。"))
            return redirect("web:settings_official", official=made.pk)
    return show_form(request, "official_new.html", form)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def change(request: StaffRequest, official: int) -> HttpResponse:
    """Correct a name or a number."""
    found = official_of(official)
    names = ("name_zh", "name_en", "phone", "email")
    form = OfficialForm(sent(request), initial={name: getattr(found, name) for name in names})
    if form.is_valid():
        done, _none = tried(
            form, lambda: services.change_official(found, **form.cleaned_data, by=request.actor, now=clock.now())
        )
        if done:
            messages.success(request, _("资料已改。"))
            return redirect("web:settings_official", official=found.pk)
    return show_form(request, "official_change.html", form, official=found)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def leave(request: StaffRequest, official: int) -> HttpResponse:
    """Write down the days somebody is away."""
    found = official_of(official)
    form = LeaveForm(sent(request))
    if form.is_valid():
        done, _leave = tried(
            form, lambda: services.record_leave(found, **form.cleaned_data, by=request.actor, now=clock.now())
        )
        if done:
            messages.success(request, _("请假已登记，这些天由 AB 岗代办。"))
            return redirect("web:settings_official", official=found.pk)
    return show_form(request, "official_leave.html", form, official=found)


@require_POST
@needs(Duty.CONFIGURE)
def cancel_leave(request: StaffRequest, official: int, leave: int) -> HttpResponse:
    """They are back early, or do not go."""
    found = leave_of(official_of(official), leave)
    try:
        services.cancel_leave(found, by=request.actor, now=clock.now())
        messages.success(request, _("已销假，从今天起岗位归本人。"))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("web:settings_official", official=official)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def account(request: StaffRequest, official: int) -> HttpResponse:
    """Make an account; its first password is shown this once."""
    found = official_of(official)
    form = AccountForm(sent(request), initial={"username": found.pinyin.split(" ")[0]})
    if form.is_valid():
        done, made = tried(
            form,
            lambda: services.open_account(
                found, username=form.cleaned_data["username"], by=request.actor, now=clock.now()
            ),
        )
        if done and made is not None:
            return show(request, "official_password.html", {"official": found, "password": made[1]})
    return show_form(request, "official_account.html", form, official=found)


@require_POST
@needs(Duty.CONFIGURE)
def password(request: StaffRequest, official: int) -> HttpResponse:
    """A new password for somebody who forgot theirs, shown this once."""
    found = official_of(official)
    try:
        given = services.reset_password(found, by=request.actor, now=clock.now())
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("web:settings_official", official=official)
    return show(request, "official_password.html", {"official": found, "password": given})


@require_POST
@needs(Duty.CONFIGURE)
def second_factor(request: StaffRequest, official: int) -> HttpResponse:
    """Take back the codes and passkeys of somebody who lost their telephone."""
    try:
        services.reset_second_factor(official_of(official), by=request.actor, now=clock.now())
        messages.success(request, _("第二道验证已重置，本人下次登录时要重新设置。"))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("web:settings_official", official=official)
