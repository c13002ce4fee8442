"""Webhooks: which programs are told of what, how it went, and what is sent again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, keeps_or_looks, needs
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.webhooks import queries, services
from weimin.webhooks.forms import EndpointForm
from weimin.webhooks.models import Delivery, Endpoint
from weimin.webhooks.permissions import delivery_of, endpoint_of
from weimin.webhooks.states import TEST, Progress, What

from .county_shared import history, listed, sent, show, show_form, tried

ROWS = 50


@require_GET
@keeps_or_looks
def webhooks(request: StaffRequest) -> HttpResponse:
    """Every endpoint, those in use first."""
    rows = list(queries.endpoint_lines())
    names = {f"webhook:{endpoint.pk}": endpoint.name for endpoint in rows}
    return show(request, "webhooks.html", {"rows": rows, "history": history(*names, names=names)})


@require_GET
@keeps_or_looks
def webhook(request: StaffRequest, hook: int) -> HttpResponse:
    """One endpoint and what was sent to it, the newest first."""
    endpoint, state = endpoint_of(hook), request.GET.get("state", "")
    found = queries.deliveries_to(endpoint, state=state)
    if (older := request.GET.get("older", "")).isdecimal():
        found = found.filter(pk__lt=int(older[:18]))
    rows = list(found[: ROWS + 1])
    context: dict[str, Any] = {
        "endpoint": endpoint,
        "events": listed(str(What(what).label) for what in endpoint.events),
        "rows": [(row, _label(row), _tries(row)) for row in rows[:ROWS]],
        "older": rows[ROWS - 1].pk if len(rows) > ROWS else "",
        "state": state,
        "states": Progress.choices,
        "dead": queries.deliveries_to(endpoint, state=Progress.DEAD).count(),
        "history": history(f"webhook:{endpoint.pk}"),
    }
    return show(request, "webhook.html", context)


def _label(delivery: Delivery) -> str:
    return _("测试") if delivery.what == TEST else str(What(delivery.what).label)


def _tries(delivery: Delivery) -> list[tuple[datetime, str]]:
    return [(datetime.fromisoformat(moment), said) for moment, said in delivery.tries]


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def new(request: StaffRequest) -> HttpResponse:
    """Add an endpoint; its secret is shown this once."""
    form = EndpointForm(sent(request))
    if form.is_valid():
        done, made = tried(form, lambda: services.add_endpoint(**form.cleaned_data, by=request.actor, now=clock.now()))
        if done and made is not None:
            return _shown(request, *made)
    return show_form(request, "webhook_form.html", form)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def change(request: StaffRequest, hook: int) -> HttpResponse:
    """Another address, or other events."""
    endpoint = endpoint_of(hook)
    kept = {"name": endpoint.name, "url": endpoint.url, "events": endpoint.events}
    form: forms.Form = EndpointForm(sent(request), initial=kept)
    if form.is_valid():
        done, _made = tried(
            form, lambda: services.change_endpoint(endpoint, **form.cleaned_data, by=request.actor, now=clock.now())
        )
        if done:
            messages.success(request, _("已保存。"))
            return redirect("web:settings_webhook", hook=endpoint.pk)
    return show_form(request, "webhook_form.html", form, endpoint=endpoint)


@require_POST
@needs(Duty.CONFIGURE)
def rotate(request: StaffRequest, hook: int) -> HttpResponse:
    """A new secret, shown this once; the old one signs too for two days."""
    endpoint = endpoint_of(hook)
    return _shown(request, endpoint, services.rotate_secret(endpoint, by=request.actor, now=clock.now()))


@require_POST
@needs(Duty.CONFIGURE)
def off(request: StaffRequest, hook: int) -> HttpResponse:
    """Tell it nothing more."""
    endpoint, now = endpoint_of(hook), clock.now()
    return _done(
        request, endpoint, lambda: services.switch_off(endpoint, by=request.actor, now=now), _("已停用，不再推送。")
    )


@require_POST
@needs(Duty.CONFIGURE)
def on(request: StaffRequest, hook: int) -> HttpResponse:
    """Tell it what happens from now on."""
    endpoint, now = endpoint_of(hook), clock.now()
    words = _("已启用。停用期间的事件没有记下；死信可以重新推送。")
    return _done(request, endpoint, lambda: services.switch_on(endpoint, by=request.actor, now=now), words)


@require_POST
@needs(Duty.CONFIGURE)
def test(request: StaffRequest, hook: int) -> HttpResponse:
    """One event that says nothing."""
    endpoint, now = endpoint_of(hook), clock.now()
    words = _("测试事件已排队，几秒后在下面的表里看结果。")
    return _done(request, endpoint, lambda: services.send_test(endpoint, by=request.actor, now=now), words)


@require_POST
@needs(Duty.CONFIGURE)
def replay_dead(request: StaffRequest, hook: int) -> HttpResponse:
    """Every dead letter again."""
    endpoint = endpoint_of(hook)
    return _replayed(request, endpoint, None)


@require_POST
@needs(Duty.CONFIGURE)
def replay_one(request: StaffRequest, hook: int, delivery: int) -> HttpResponse:
    """One event again, delivered or dead."""
    endpoint = endpoint_of(hook)
    return _replayed(request, endpoint, delivery_of(endpoint, delivery))


def _replayed(request: StaffRequest, endpoint: Endpoint, delivery: Delivery | None) -> HttpResponse:
    try:
        n = services.replay(endpoint, delivery=delivery, by=request.actor, now=clock.now())
        words = ngettext("%(n)d 条已排队，重新推送。", "%(n)d 条已排队，重新推送。", n)
        messages.success(request, words % {"n": n})
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("web:settings_webhook", hook=endpoint.pk)


def _done(request: StaffRequest, endpoint: Endpoint, act: Callable[[], object], words: str) -> HttpResponse:
    try:
        act()
        messages.success(request, words)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("web:settings_webhook", hook=endpoint.pk)


def _shown(request: StaffRequest, endpoint: Endpoint, secret: str) -> HttpResponse:
    return show(request, "webhook_secret.html", {"endpoint": endpoint, "secret": secret})
