"""POST and GET requests, GET tokens. Others read only what the public may see: see docs/decisions/0008-open311.md."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from weimin.catalogue.models import Kind, Question
from weimin.catalogue.queries import kind_by_code, questions_of
from weimin.county.actors import RESIDENT
from weimin.county.models import ApiToken, Place
from weimin.county.queries import nearest_place, place_by_code
from weimin.county.tokens import bearer_of
from weimin.kernel import clock
from weimin.kernel.chosen import current_code
from weimin.kernel.numbers import WrongNumber, parse
from weimin.kernel.refusal import Refused

from ... import journey, queries
from ...models import Matter
from ...states import CLOSED_STATES, Channel
from .wire import Row, Wrong, bad, endpoint, missing, moment, reply, told

LONGEST_SPAN = timedelta(days=90)
MOST_ROWS = 1000
_TOKEN_SALT = "open311.token"  # noqa: S105 -- names a use of the signing key


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
        number = signing.loads(token, salt=_TOKEN_SALT)
    except signing.BadSignature:
        raise missing(_("没有这个 token。")) from None
    return reply(fmt, "service_requests", "request", [{"service_request_id": number, "token": token}])


def check_key(request: HttpRequest) -> ApiToken:
    """The key of the sender, or 403."""
    raw = request.POST.get("api_key") or request.GET.get("api_key") or ""
    try:
        return bearer_of(raw, use=ApiToken.Use.OPEN311, now=clock.now()).token
    except Refused as refusal:
        raise Wrong(403, [str(refusal)]) from None


def _post(request: HttpRequest, fmt: str) -> HttpResponse:
    check_key(request)
    form = request.POST
    code = form.get("service_code", "")
    if not code:
        raise bad(_("没有给出 service_code。"))
    kind = kind_by_code(code)
    if kind is None:
        raise missing(_("没有这个 service_code：%(code)s") % {"code": code})
    lat, long = _position(form)
    address = form.get("address_string", "")
    now = clock.now()
    try:
        receipt = journey.receive_matter(
            journey.Draft(
                text=form.get("description", "") or kind.name,
                kind=kind,
                place=_place(form, lat, long),
                channel=Channel.OPEN311,
                address=address[:200],
                lat=lat,
                long=long,
                details=_details(form, kind),
                name=f"{form.get('last_name', '')}{form.get('first_name', '')}"[:60],
                phone=form.get("phone", ""),
                email=form.get("email", ""),
                language=get_language() or "zh-hans",
            ),
            by=RESIDENT,
            now=now,
        )
    except Refused as refusal:
        raise bad(str(refusal)) from None
    number = receipt.matter.number
    row: Row = {"service_notice": _("查询码 %(pin)s。请和编号一起记好。") % {"pin": receipt.pin}, "account_id": ""}
    if form.get("response") == "token":
        return reply(fmt, "service_requests", "request", [{"token": signing.dumps(number, salt=_TOKEN_SALT), **row}])
    return reply(fmt, "service_requests", "request", [{"service_request_id": number, **row}])


def _position(form: QueryDict) -> tuple[Decimal | None, Decimal | None]:
    lat, long = form.get("lat", ""), form.get("long", "")
    if not lat and not long:
        if not (form.get("address_string") or form.get("address_id")):
            raise bad(_("请给出地点：lat 和 long，或 address_string，或 address_id。"))
        return None, None
    try:
        position = round(Decimal(lat), 6), round(Decimal(long), 6)
    except InvalidOperation:
        raise bad(_("lat 和 long 要一起给，都是数字。")) from None
    finite = all(part.is_finite() for part in position)
    if not (finite and abs(position[0]) <= 90 and abs(position[1]) <= 180):
        raise bad(_("lat 要在 -90 到 90 之间，long 要在 -180 到 180 之间。"))
    return position


def _place(form: QueryDict, lat: Decimal | None, long: Decimal | None) -> Place:
    if code := form.get("address_id"):
        place = place_by_code(code)
        if place is None:
            raise missing(_("没有这个 address_id；请用地点代码。"))
        return place
    if lat is not None and long is not None:
        near = nearest_place(lat, long)
        if near is not None:
            return near
    root = place_by_code(current_code())
    if root is None:
        raise missing(_("本县还没有录入地点。"))
    return root


def _details(form: QueryDict, kind: Kind) -> dict[str, object]:
    """Answers to the kind's questions; every missing or unknown one is told at once."""
    details: dict[str, object] = {}
    wrong = []
    for question in questions_of(kind):
        given = [value for value in form.getlist(f"attribute[{question.code}]") if value]
        given += [value for value in form.getlist(f"attribute[{question.code}][]") if value]
        if question.required and not given:
            wrong.append(_("缺少必填项 attribute[%(code)s]。") % {"code": question.code})
        keys = {str(value["key"]) for value in question.values}
        if keys and not set(given) <= keys:
            wrong.append(_("attribute[%(code)s] 的值不在可选范围内。") % {"code": question.code})
        if given:
            details[question.code] = given if question.datatype == Question.Datatype.MULTI else given[0]
    if wrong:
        raise bad(*wrong)
    if form.get("media_url"):
        details["media_url"] = form["media_url"][:500]
    return details


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
        words = set(asked["status"].split(","))
        if not words <= {"open", "closed"}:
            raise bad(_("status 只能是 open 或 closed。"))
        if len(words) == 1:
            closed = Q(state__in=CLOSED_STATES)
            found = found.filter(closed if "closed" in words else ~closed)
    first, size = _page(asked)
    rows = [row_of(matter) for matter in _ready(found)[first : first + size]]
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


def _page(asked: dict[str, str]) -> tuple[int, int]:
    try:
        page, size = int(asked.get("page", 1)), int(asked.get("page_size", MOST_ROWS))
    except ValueError:
        raise bad(_("page 和 page_size 要是整数。")) from None
    if not (1 <= page <= 100_000 and 1 <= size <= MOST_ROWS):
        raise bad(_("page 从 1 开始，page_size 在 1 到 1000 之间。"))
    return (page - 1) * size, size


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
