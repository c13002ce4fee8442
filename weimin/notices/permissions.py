"""Gates of messages: a gateway proves by its signature who it is, and speaks only of what it was given."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from weimin.county.permissions import for_programs
from weimin.kernel import signatures

from .outside import SmsGateway

_MOST_BYTES = 64 * 1024
Told = dict[str, Any]
View = Callable[[HttpRequest, SmsGateway, Told], HttpResponse]


def for_gateways(*, now: Callable[[], datetime]) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Opens to a gateway that signs with its secret; the view is handed the gateway and what it says, a JSON object."""

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def gated(request: HttpRequest, gateway: str) -> HttpResponse:
            known = next((one for one in settings.SMS_GATEWAYS if one.name == gateway), None)
            if known is None or not _proved(request, known, now()):
                return HttpResponse("The signature does not fit.\n", status=401, content_type="text/plain")
            try:
                told = json.loads(request.body)
            except ValueError:
                told = None
            if not isinstance(told, dict):
                return HttpResponse("Send one JSON object.\n", status=400, content_type="text/plain")
            return view(request, known, told)

        return csrf_exempt(require_POST(for_programs(gated)))

    return decorate


def _proved(request: HttpRequest, gateway: SmsGateway, now: datetime) -> bool:
    if int(request.META.get("CONTENT_LENGTH") or 0) > _MOST_BYTES:
        return False
    return signatures.proves(
        gateway.secret.get_secret_value(),
        message_id=request.headers.get("webhook-id", ""),
        stamp=request.headers.get("webhook-timestamp", ""),
        signatures=request.headers.get("webhook-signature", ""),
        body=request.body,
        now=now,
    )
