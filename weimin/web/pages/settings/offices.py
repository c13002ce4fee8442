"""Offices: where they are, how they are reached, which posts they have."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from weimin.catalogue.queries import routes_naming
from weimin.county import queries, services
from weimin.county.duties import Duty
from weimin.county.forms.offices import NewOfficeForm, OfficeForm, as_it_stands
from weimin.county.models import Office
from weimin.county.permissions import StaffRequest, needs, office_of
from weimin.kernel import clock
from weimin.kernel.clock import county_day
from weimin.matters.queries import led_by

from .county_shared import history, sent, show, show_form, tried


@require_GET
@needs(Duty.CONFIGURE)
def offices(request: StaffRequest) -> HttpResponse:
    """The table of offices."""
    words = request.GET.get("q", "").strip()[:60]
    return show(request, "offices.html", {"rows": queries.offices_known(words), "words": words})


@require_GET
@needs(Duty.CONFIGURE)
def office(request: StaffRequest, office_code: str) -> HttpResponse:
    """One office and its posts."""
    found = office_of(office_code)
    lines = [line for line in queries.post_lines(now=clock.now()) if line.post.office_id == found.pk]
    context = {
        "office": found, "lines": [line for line in lines if line.post.retired_on is None],
        "history": history(f"office:{found.code}"),
    }  # fmt: skip
    return show(request, "office.html", context)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def new(request: StaffRequest) -> HttpResponse:
    """Write down a new office."""
    form = NewOfficeForm(sent(request))
    if form.is_valid():
        code, now = form.cleaned_data["code"], clock.now()
        done, made = tried(form, lambda: services.add_office(form.plan(), code=code, by=request.actor, now=now))
        if done and made is not None:
            messages.success(request, _("单位已设。接着给它设岗位。"))
            return redirect("web:settings_office", office_code=made.code)
    return show_form(request, "office_new.html", form)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def change(request: StaffRequest, office_code: str) -> HttpResponse:
    """Other names, another place, another telephone."""
    found = office_of(office_code)
    form = OfficeForm(sent(request), initial=as_it_stands(found))
    if form.is_valid():
        now = clock.now()
        done, _office = tried(form, lambda: services.change_office(found, plan=form.plan(), by=request.actor, now=now))
        if done:
            messages.success(request, _("已改，马上生效。"))
            return redirect("web:settings_office", office_code=office_code)
    return show_form(request, "office_change.html", form, office=office_of(office_code))


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def retire(request: StaffRequest, office_code: str) -> HttpResponse:
    """Close an office that nothing leads to any more."""
    found, form, now = office_of(office_code), forms.Form(sent(request)), clock.now()
    if form.is_valid():
        done, _office = tried(
            form, lambda: services.retire_office(found, still_needed=_still_needed, by=request.actor, now=now)
        )
        if done:
            messages.success(request, _("单位已撤销。"))
            return redirect("web:settings_office", office_code=office_code)
    routes = routes_naming(found, on=county_day(now)).count()
    return show_form(request, "office_retire.html", form, office=found, open=led_by(found).count(), routes=routes)


def _still_needed(office: Office) -> str:
    """What the county cannot see: matters the office works on, and rules that send matters to it."""
    matters = led_by(office).count()
    if matters:
        return _("这个单位还在办 %(n)s 件事项，请先办结或改派。") % {"n": matters}
    routes = routes_naming(office, on=county_day(clock.now())).count()
    return _("还有 %(n)s 条派办规则指向这个单位，请先改派办规则。") % {"n": routes} if routes else ""
