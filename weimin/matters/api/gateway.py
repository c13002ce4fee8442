"""What a resident writes by text message, told by the gateway that took it."""

from django.http import HttpRequest, HttpResponse

from weimin.catalogue.queries import kind_by_code
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.notices.outside import SmsGateway
from weimin.notices.permissions import Told, for_gateways

from ..letters.taking import take_text
from ..letters.threads import plain_phone

_LONGEST_ID = 120


@for_gateways(now=lambda: clock.now())
def words(request: HttpRequest, gateway: SmsGateway, told: Told) -> HttpResponse:
    """`{"id": the gateway's id, "from": the number, "text": the words}`; a repeat is answered the same."""
    outside, phone = str(told.get("id", "")), plain_phone(str(told.get("from", "")))
    if not outside or len(outside) > _LONGEST_ID or not 5 <= len(phone) <= 20:
        return HttpResponse("Give id, from and text.\n", status=400, content_type="text/plain")
    try:
        taken = take_text(
            str(told.get("text", "")),
            phone=phone,
            message_id=f"sms:{gateway.name}:{outside}",
            kind=kind_by_code(gateway.kind),
            now=clock.now(),
        )
    except Refused as refusal:
        return HttpResponse(f"{refusal.code}\n", status=422, content_type="text/plain")
    if taken is None:
        return HttpResponse("We have not written to this number.\n", status=404, content_type="text/plain")
    return HttpResponse(status=204)
