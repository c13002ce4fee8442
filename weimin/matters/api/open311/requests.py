"""POST and GET requests, GET tokens. Others read only what the public may see: see docs/decisions/0008-open311.md."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from weimin.county.actors import RESIDENT
from weimin.county.models import ApiToken
from weimin.county.tokens import bearer_of
from weimin.kernel import clock
from weimin.kernel.chosen import current_code
from weimin.kernel.numbers import WrongNumber, parse
from weimin.kernel.refusal import Refused

from ... import journey, queries
from ...models import Matter
from ...states import CLOSED_STATES
from .intake import draft_of
from .wire import Row, Wrong, bad, endpoint, missing, moment, page_of, reply, told

LONGEST_SPAN = timedelta(days=90)
MOST_ROWS = 1000


@endpoint("GET", "POST", key=True)
def requests(request: HttpRequest, *, fmt: str) -> HttpResponse:
    """POST hands in a matter, with a key; GET lists what the public may see, without one."""
    return _post(request, fmt) if request.method == "POST" else _list(request, fmt)


@endpoint("GET")
def one(request: HttpRequest, *, fmt: str, number: str) -> HttpResponse:
    """One matter, as the public may see it."""
    return reply(fmt, "service_requests", "request", [row_of(matter_numbered(number))])


@endpoint("GET")
def token(request: HttpRequest, *, fmt: str, token: str) -> HttpResponse:
    """The number that belongs to a token given out earlier."""
    try:
        number = signing.loads(token, salt=_salt())
    except signing.BadSignature:
        raise missing(_("没有这个 token。")) from None
    told = reply(fmt, "service_requests", "request", [{"service_request_id": number, "token": token}])
    told["Cache-Control"] = "no-store"  # whoever holds the token is told, and nobody after them
    return told


def _salt() -> str:
    """Counties share the signing key: a token of one must say nothing in another."""
    return f"open311.token:{current_code()}"


def check_key(request: HttpRequest) -> ApiToken:
    """The key of the sender, or 403."""
    raw = request.POST.get("api_key") or request.GET.get("api_key") or ""
    try:
        return bearer_of(raw, use=ApiToken.Use.OPEN311, now=clock.now()).token
    except Refused as refusal:
        raise Wrong([(403, str(refusal))]) from None


def _post(request: HttpRequest, fmt: str) -> HttpResponse:
    check_key(request)
    draft = draft_of(request.POST)
    try:
        receipt = journey.receive_matter(draft, by=RESIDENT, now=clock.now())
    except Refused as refusal:
        raise bad(str(refusal)) from None
    number = receipt.matter.number
    row: Row = {"service_notice": _("查询码 %(pin)s。请和编号一起记好。") % {"pin": receipt.pin}, "account_id": ""}
    if request.POST.get("response") == "token":
        return reply(fmt, "service_requests", "request", [{"token": signing.dumps(number, salt=_salt()), **row}])
    return reply(fmt, "service_requests", "request", [{"service_request_id": number, **row}])


def _list(request: HttpRequest, fmt: str) -> HttpResponse:
    asked = given(request)
    if "service_request_id" in asked:
        numbers = [number.strip() for number in asked["service_request_id"].split(",")][:MOST_ROWS]
        found = Matter.objects.filter(number__in=numbers)
        return reply(fmt, "service_requests", "request", [row_of(matter) for matter in _ready(found)])
    start, end = span(asked, clock.now())
    found = Matter.objects.filter(received_at__gte=start, received_at__lte=end)
    if "service_code" in asked:
        found = found.filter(kind__code__in=[code.strip() for code in asked["service_code"].split(",")])
    if "status" in asked:
        words = {word.strip() for word in asked["status"].split(",")}
        if not words <= {"open", "closed"}:
            raise bad(_("status 只能是 open 或 closed。"))
        if len(words) == 1:
            closed = Q(state__in=CLOSED_STATES)
            found = found.filter(closed if "closed" in words else ~closed)
    rows = [row_of(matter) for matter in _ready(found)[page_of(asked, MOST_ROWS)]]
    return reply(fmt, "service_requests", "request", rows)


def given(request: HttpRequest) -> dict[str, str]:
    """The parameters of the address; an empty one counts as absent."""
    return {name: value for name in request.GET if (value := request.GET.get(name, ""))}


def span(asked: dict[str, str], now: datetime) -> tuple[datetime, datetime]:
    """At most 90 days: the last 90 by default, 90 from the start or up to the end that is given."""
    start = moment(asked["start_date"], "start_date") if "start_date" in asked else None
    end = moment(asked["end_date"], "end_date") if "end_date" in asked else None
    if start and end and start > end:
        raise bad(_("start_date 不能晚于 end_date。"))
    if start is None:
        end = end or now
        return end - LONGEST_SPAN, end
    return start, min(end or now, start + LONGEST_SPAN)


def matter_numbered(text: str) -> Matter:
    """The matter of this number, written as people write it; 404 otherwise."""
    try:
        number = str(parse(text))
    except WrongNumber as mistake:
        raise missing(mistake.words(get_language() or "zh-hans")) from None
    matter = _ready(Matter.objects.filter(number=number)).first()
    if matter is None:
        raise missing(_("没有这个编号。"))
    return matter


def _ready(found: QuerySet[Matter]) -> QuerySet[Matter]:
    return found.select_related("kind", "place", "lead", "publication").order_by("-received_at", "-pk")


def row_of(matter: Matter) -> Row:
    """The public row. Words are shown only where a publisher made a public copy; a position only as its village."""
    shown = queries.public_copy(matter)
    return {
        "service_request_id": matter.number,
        "status": "closed" if matter.state in CLOSED_STATES else "open",
        "status_notes": matter.get_state_display(),
        "service_name": matter.kind.name,
        "service_code": matter.kind.code,
        "description": shown.asked if shown else "",
        "agency_responsible": matter.lead.name if matter.lead else "",
        "service_notice": shown.done if shown else "",
        "requested_datetime": told(matter.received_at),
        "updated_datetime": told(matter.changed_at),
        "expected_datetime": told(matter.clock_due_at),
        "address": queries.village_of(matter).name,
        "address_id": queries.village_of(matter).code,
        "zipcode": "",
        "lat": _number(queries.village_of(matter).lat),
        "long": _number(queries.village_of(matter).long),
        "media_url": "",
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
