"""One's own leave, written down by oneself."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from weimin.county import queries, services
from weimin.county.forms.people import LeaveForm
from weimin.county.permissions import StaffRequest, leave_of, signed_in
from weimin.kernel import clock
from weimin.kernel.refusal import Refused

from .county_shared import sent, show_form, tried


@require_http_methods(["GET", "POST"])
@signed_in
def my_leave(request: StaffRequest) -> HttpResponse:
    """The days I am away; who stands in for each of my posts is named beside."""
    me, now = request.actor.official, clock.now()
    assert me is not None  # the gate let an official in
    form = LeaveForm(sent(request))
    if form.is_valid():
        done, _leave = tried(form, lambda: services.record_leave(me, **form.cleaned_data, by=request.actor, now=now))
        if done:
            messages.success(request, _("请假已登记，这些天由 AB 岗代办。"))
            return redirect("web:my_leave")
    return show_form(
        request, "my_leave.html", form, leaves=queries.leave_ahead(me, now=now),
        held=queries.held_by(me, now=now),
    )  # fmt: skip


@require_POST
@signed_in
def cancel_my_leave(request: StaffRequest, leave: int) -> HttpResponse:
    """I am back early, or do not go."""
    me = request.actor.official
    assert me is not None
    try:
        services.cancel_leave(leave_of(me, leave), by=request.actor, now=clock.now())
        messages.success(request, _("已销假。"))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("web:my_leave")
