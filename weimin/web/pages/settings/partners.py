"""Other cities' systems: who they are, what is exchanged, how the last exchange went, what their codes mean here."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, keeps_or_looks, needs
from weimin.kernel import clock
from weimin.matters import services
from weimin.matters.forms.partners import CodeForm, PartnerForm
from weimin.matters.models import Partner, Referral
from weimin.matters.permissions import code_of, partner_of

from .county_shared import history, sent, show, show_form, tried

ROWS = 50
_FIELDS = ("name", "url", "jurisdiction", "format", "sends", "takes", "kind", "place")


@require_GET
@keeps_or_looks
def partners(request: StaffRequest) -> HttpResponse:
    """Every partner, those in use first."""
    rows = Partner.objects.order_by("off_at", "pk")
    names = {f"partner:{row.pk}": row.name for row in rows}
    return show(request, "partners.html", {"rows": rows, "history": history(*names, names=names)})


@require_GET
@keeps_or_looks
def partner(request: StaffRequest, partner: int) -> HttpResponse:
    """One partner: the last exchange in plain words, the codes, and what went there and came from there."""
    return show(request, "partner.html", _context(partner_of(partner)))


def _context(found: Partner, form: CodeForm | None = None) -> dict[str, Any]:
    return {
        "partner": found,
        "codes": found.codes.select_related("kind", "place").order_by("service_code", "pk"),
        "referrals": Referral.objects.filter(partner=found).select_related("matter").order_by("-pk")[:ROWS],
        "form": form or CodeForm(),
        "history": history(f"partner:{found.pk}"),
    }


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def new(request: StaffRequest) -> HttpResponse:
    """Add a partner."""
    form = PartnerForm(sent(request))
    if form.is_valid():
        done, made = tried(form, lambda: services.add_partner(**form.cleaned_data, by=request.actor, now=clock.now()))
        if done and made is not None:
            messages.success(request, _("已保存。请接着对应类别代码。"))
            return redirect("web:settings_partner", partner=made.pk)
    return show_form(request, "partner_form.html", form)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def change(request: StaffRequest, partner: int) -> HttpResponse:
    """Another address or key, or what is exchanged."""
    found = partner_of(partner)
    form = PartnerForm(sent(request), initial={name: getattr(found, name) for name in _FIELDS})
    if form.is_valid():
        done, _made = tried(
            form, lambda: services.change_partner(found, **form.cleaned_data, by=request.actor, now=clock.now())
        )
        if done:
            messages.success(request, _("已保存。"))
            return redirect("web:settings_partner", partner=found.pk)
    return show_form(request, "partner_form.html", form, partner=found)


@require_POST
@needs(Duty.CONFIGURE)
def switch(request: StaffRequest, partner: int) -> HttpResponse:
    """Off, or on again."""
    found = partner_of(partner)
    on = found.off_at is not None
    services.switch_partner(found, on=on, by=request.actor, now=clock.now())
    messages.success(request, _("已启用，下一分钟开始联系。") if on else _("已停用，等待转送的都还在。"))
    return redirect("web:settings_partner", partner=found.pk)


@require_POST
@needs(Duty.CONFIGURE)
def add_code(request: StaffRequest, partner: int) -> HttpResponse:
    """What one of their codes is called here."""
    found, form = partner_of(partner), CodeForm(request.POST)
    if form.is_valid():
        done, _made = tried(
            form, lambda: services.map_code(found, **form.cleaned_data, by=request.actor, now=clock.now())
        )
        if done:
            messages.success(request, _("已对应。"))
            return redirect("web:settings_partner", partner=found.pk)
    return show(request, "partner.html", _context(found, form), status=422)


@require_POST
@needs(Duty.CONFIGURE)
def remove_code(request: StaffRequest, partner: int, code: int) -> HttpResponse:
    """Take it back."""
    found = partner_of(partner)
    services.unmap_code(code_of(found, code), by=request.actor, now=clock.now())
    messages.success(request, _("已取消对应。"))
    return redirect("web:settings_partner", partner=found.pk)
