"""FixMyStreet's extension: what has changed on requests, and words added to one."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from weimin.county.actors import RESIDENT
from weimin.kernel import clock
from weimin.kernel.refusal import Refused

from ... import journey
from ...models import Event
from ...states import CLOSED_STATES, Channel
from .requests import MOST_ROWS, check_key, given, matter_numbered, span
from .wire import Row, bad, endpoint, missing, page_of, reply, told


@endpoint("GET", "POST", key=True)
def updates(request: HttpRequest, *, fmt: str) -> HttpResponse:
    """GET lists steps, POST adds words to a matter that came by this interface."""
    return _post(request, fmt) if request.method == "POST" else _list(request, fmt)


def _list(request: HttpRequest, fmt: str) -> HttpResponse:
    asked = given(request)
    start, end = span(asked, clock.now())
    events = (
        Event.objects.filter(at__gte=start, at__lte=end, internal=False)
        .exclude(from_state="")
        .select_related("matter")
        .order_by("at", "pk")[page_of(asked, MOST_ROWS)]
    )
    rows: list[Row] = [
        {
            "update_id": str(event.pk),
            "service_request_id": event.matter.number,
            "status": "CLOSED" if event.to_state in CLOSED_STATES else "OPEN",
            "updated_datetime": told(event.at),
            "description": event.get_act_display(),  # the words themselves are for the resident
            "media_url": "",
        }
        for event in events
    ]
    return reply(fmt, "service_request_updates", "request_update", rows)


def _post(request: HttpRequest, fmt: str) -> HttpResponse:
    check_key(request)
    words = "\n".join(filter(None, (request.POST.get("description"), request.POST.get("media_url"))))
    wrong = [] if request.POST.get("service_request_id") else [_("没有给出 service_request_id。")]
    wrong += [] if words else [_("没有给出 description。")]
    if wrong:
        raise bad(*wrong)
    matter = matter_numbered(request.POST["service_request_id"])
    if matter.channel != Channel.OPEN311:
        raise missing(_("没有这个编号。"))
    try:
        journey.add_note(matter, words=words, by=RESIDENT, now=clock.now())
    except Refused as refusal:
        raise bad(str(refusal)) from None
    last = Event.objects.filter(matter=matter).order_by("-pk").values_list("pk", flat=True).first()
    return reply(fmt, "service_request_updates", "request_update", [{"update_id": str(last)}])
