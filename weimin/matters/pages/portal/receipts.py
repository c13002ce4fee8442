"""The receipt: number and PIN, for a while after sending and on paper ever after."""

from datetime import datetime, timedelta
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from weimin.county.permissions import for_receipt_holders
from weimin.county.queries import holder_of
from weimin.kernel import clock
from weimin.kernel.numbers import spoken, spoken_pin
from weimin.matters import clocks, permissions
from weimin.matters.models import Matter

# Long enough to change the language, print, or reload on a bad line; after that the PIN is only on paper.
PIN_SHOWN_FOR = timedelta(minutes=30)
_RECEIPTS = "matters_receipts"


def keep(request: HttpRequest, number: str, pin: str, *, now: datetime) -> None:
    kept = {n: r for n, r in request.session.get(_RECEIPTS, {}).items() if datetime.fromisoformat(r["until"]) > now}
    kept[number] = {"pin": pin, "until": (now + PIN_SHOWN_FOR).isoformat()}
    request.session[_RECEIPTS] = kept


def _pin(request: HttpRequest, number: str, *, now: datetime) -> str:
    kept = request.session.get(_RECEIPTS, {}).get(number)
    return kept["pin"] if kept and datetime.fromisoformat(kept["until"]) > now else ""


def _qr(request: HttpRequest, number: str) -> SafeString:
    """The address of the follow page with the number, never with the PIN: paper is left lying about."""
    address = request.build_absolute_uri(f"{reverse('matters:follow')}?number={number}")
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2)
    return mark_safe(drawn)  # noqa: S308 -- drawn here from an address of ours


def _context(request: HttpRequest, matter: Matter, now: datetime) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    pin = _pin(request, matter.number, now=now)
    return {
        "matter": matter,
        "pin": pin,
        "spoken_number": spoken(matter.number, language),
        "spoken_pin": spoken_pin(pin, language),
        "holder": holder_of(matter.owner, now=now) if matter.owner else None,
        "why": clocks.why_this_date(matter, language),
    }


@for_receipt_holders
@never_cache
@require_GET
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """After sending: number, PIN, who is responsible, by when and why then, what happens next."""
    now = clock.now()
    matter = permissions.matter_of_receipt(request, number, now=now)
    if matter is None:
        return redirect(f"{reverse('matters:follow')}?number={number}")
    context = {**_context(request, matter, now), "qr": _qr(request, number)}
    return render(request, "matters/portal/receipt.html", context)


@for_receipt_holders
@never_cache
@require_GET
def save(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt as a plain file that any telephone opens. Its first mark tells old programs that it is UTF-8."""
    now = clock.now()
    matter = permissions.matter_of_receipt(request, number, now=now)
    if matter is None:
        return redirect(f"{reverse('matters:follow')}?number={number}")
    follow = request.build_absolute_uri(f"{reverse('matters:follow')}?number={number}")
    words = render_to_string(
        "matters/portal/receipt.txt", {**_context(request, matter, now), "follow": follow}, request
    )
    response = HttpResponse(words.encode("utf-8-sig"), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{number}.txt"'
    return response
