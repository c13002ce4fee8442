"""Keys of programs: who may come in as which post, how often, until when."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from weimin.county import queries, services
from weimin.county.duties import Duty
from weimin.county.forms.keys import KeyForm
from weimin.county.permissions import StaffRequest, keeps_or_looks, key_of, needs
from weimin.kernel import clock
from weimin.kernel.refusal import Refused

from .county_shared import history, sent, show, show_form, tried


@require_GET
@keeps_or_looks
def keys(request: StaffRequest) -> HttpResponse:
    """Every key, those in force first."""
    lines = queries.key_lines(now=clock.now())
    names = {f"token:{line.token.pk}": str(line.token) for line in lines}
    return show(request, "keys.html", {"rows": lines, "history": history(*names, names=names)})


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def new(request: StaffRequest) -> HttpResponse:
    """Make a key; its words are shown this once."""
    form = KeyForm(sent(request))
    if form.is_valid():
        done, made = tried(form, lambda: services.issue_token(**form.wanted(), by=request.actor, now=clock.now()))
        if done and made is not None:
            return show(request, "key_shown.html", {"token": made[0], "raw": made[1]})
    return show_form(request, "key_new.html", form)


@require_POST
@needs(Duty.CONFIGURE)
def revoke(request: StaffRequest, key_pk: int) -> HttpResponse:
    """End a key at once."""
    try:
        services.revoke_token(key_of(key_pk), by=request.actor, now=clock.now())
        messages.success(request, _("密钥已吊销，马上失效。"))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("web:settings_keys")
