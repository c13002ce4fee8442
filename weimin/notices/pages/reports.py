"""What became of a text message, told by the gateway that took it."""

from django.http import HttpRequest, HttpResponse

from weimin.kernel import clock

from ..carriers.marks import row_marked
from ..carriers.texts import Texts
from ..outside import SmsGateway
from ..permissions import Told, for_gateways
from ..services import report_delivery

_SAID = {"delivered": True, "failed": False}


@for_gateways(now=lambda: clock.now())
def report(request: HttpRequest, gateway: SmsGateway, told: Told) -> HttpResponse:
    """`{"id": the id we sent, "state": "delivered" or "failed", "reason": "..."}`; a repeat is answered the same."""
    delivered = _SAID.get(str(told.get("state")))
    if delivered is None:
        return HttpResponse("state is delivered or failed.\n", status=400, content_type="text/plain")
    pk = row_marked(str(told.get("id", "")), carrier=Texts(gateway).name)
    why = str(told.get("reason", ""))
    if pk is None or not report_delivery(pk, delivered=delivered, why=why, now=clock.now()):
        return HttpResponse("We did not give you this message.\n", status=404, content_type="text/plain")
    return HttpResponse(status=204)
