"""Reading matters and the catalogue by REST."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema
from pydantic import Field

from weimin.catalogue.queries import kind_by_code, kinds_by_key, kinds_open, questions_of
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Place
from weimin.county.permissions import for_programs
from weimin.county.queries import offices_by_key, offices_open
from weimin.households.services import note_reading
from weimin.kernel import clock
from weimin.kernel.kept import KeptRows
from weimin.kernel.refusal import Refused

from .. import filters, finding, queries
from ..models import Matter
from ..permissions import matter_for, may_see_contact
from ..states import Channel, Identity, State
from .cursor import Cursor, Moment, beyond, cursor_of
from .door import actor_of, answer, etag_of
from .shapes import PLAIN, Code, MatterDetail, MatterPage
from .telling import TOLD, clock_out, event_out, file_out, matter_out

router = Router(tags=["matters"])


class Filters(Schema):
    state: State | None = None
    kind: Code | None = None
    place: str | None = Field(None, pattern="^[0-9]{6,14}$", description="a place and everything in it")
    office: Code | None = None
    channel: Channel | None = None
    q: str | None = Field(
        None,
        max_length=100,
        pattern=PLAIN,
        description="words of what was said, names of places and kinds, or the number",
    )
    received_from: Moment | None = None
    received_to: Moment | None = None
    after: Cursor | None = Field(None, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


@router.get("", response=MatterPage, summary="List and search, newest first")
@for_programs
def list_matters(request: HttpRequest, asked: Query[Filters]) -> HttpResponse:
    found = _filtered(queries.visible_to(actor_of(request)), asked).select_related("merged_into").only(*TOLD)
    words = [] if finding.number_in(asked.q or "") else finding.wanted(asked.q or "", now=clock.now())
    rows = finding.first_of(found, words, order=("-received_at", "-pk"), most=asked.limit + 1)
    more, rows = len(rows) > asked.limit, rows[: asked.limit]
    end = cursor_of(rows[-1].received_at, rows[-1].pk) if more else None
    return answer({"items": [matter_out(matter) for matter in rows], "next": end})


def _filtered(found: QuerySet[Matter], asked: Filters) -> QuerySet[Matter]:
    plain: dict[str, Any] = {
        "state": asked.state,
        "kind": asked.kind and _key(kinds_by_key, asked.kind),
        "place_code__range": asked.place and filters.codes_within(asked.place),
        "lead": asked.office and _key(offices_by_key, asked.office),
        "channel": asked.channel,
        "received_at__gte": asked.received_from,
        "received_at__lte": asked.received_to,
    }
    found = found.filter(**{name: value for name, value in plain.items() if value is not None})
    if number := finding.number_in(asked.q or ""):
        found = found.filter(number=number)
    if asked.after:
        found = found.filter(beyond("received_at", asked.after))
    return found


def _key(rows: KeptRows[Any], code: str) -> int:
    """The key of a kind or an office, retired ones too; of a code nobody knows, one that finds nothing."""
    return next((key for key, row in rows().items() if row.code == code), 0)


@router.get("/{number}", response=MatterDetail, summary="One matter with its timeline")
@for_programs
def one_matter(request: HttpRequest, number: str, contact: bool = False) -> HttpResponse:
    """Reading what the resident wrote is written down and shown to them; `contact=true` opens name and number too."""
    actor = actor_of(request)
    with transaction.atomic():
        matter = matter_for(actor, number)
        known = _contact(matter, actor) if contact else None
        note_read(matter, actor, _t("反映的内容、姓名、电话、邮箱、地址") if known else _t("反映的内容"))
    body = matter_out(matter) | {
        "text": matter.text,
        "details": matter.details,
        "address": matter.address,
        "clock": clock_out(matter),
        "timeline": [event_out(event) for event in queries.timeline(matter)],
        "files": [file_out(file) for file in queries.files_of(matter, internal=True)],
        "contact": known,
    }
    return answer(body, etag=etag_of(matter))


def _contact(matter: Matter, actor: Actor) -> dict[str, str] | None:
    resident = matter.resident
    if resident is None:
        return None
    if not may_see_contact(actor, matter):
        if matter.identity != Identity.HIDDEN:
            actor.post_for(Duty.TAKE_IN, place_code=matter.place_code)  # refuses: the duty that would have opened it
        raise Refused("HIDDEN", _("反映人要求对承办单位隐去姓名，请通过受理中心联系。"))
    return {
        "name": resident.name,
        "phone": resident.phone,
        "email": resident.email,
        "address": resident.address,
        "reach_by": resident.reach_by,
    }


def note_read(matter: Matter, actor: Actor, fields: str) -> None:
    """Who opened what, on record for the resident."""
    if matter.resident is not None:
        why, about = _t("通过数据接口办理"), f"matter:{matter.number}"
        note_reading(matter.resident, about=about, fields=fields, why=why, by=actor, now=clock.now())


catalogue = Router(tags=["catalogue"])


@catalogue.get("/kinds", summary="Kinds of matter")
@for_programs
def list_kinds(request: HttpRequest) -> HttpResponse:
    rows = [
        {
            "code": kind.code,
            "parent": kind.parent.code if kind.parent else None,
            "name_zh": kind.name_zh,
            "name_en": kind.name_en,
            "urgency": kind.urgency.code,
            "promised": str(kind.promised),
            "legal": str(kind.legal),
        }
        for kind in kinds_open().select_related("parent")
    ]
    return answer({"items": rows})


@catalogue.get("/kinds/{code}/questions", summary="What a kind asks besides; the keys of `details`")
@for_programs
def list_questions(request: HttpRequest, code: Code) -> HttpResponse:
    kind = kind_by_code(code)
    if kind is None:
        raise Http404
    fields = ("code", "text_zh", "text_en", "datatype", "required", "order", "values")
    return answer({"items": list(questions_of(kind).values(*fields))})


@catalogue.get("/places", summary="Places, from the county down to groups")
@for_programs
def list_places(request: HttpRequest) -> HttpResponse:
    fields = ("code", "level", "name_zh", "name_en")
    return answer({"items": list(Place.objects.filter(retired_on__isnull=True).order_by("code").values(*fields))})


@catalogue.get("/offices", summary="Offices")
@for_programs
def list_offices(request: HttpRequest) -> HttpResponse:
    rows = [
        {"code": office.code, "name_zh": office.name_zh, "name_en": office.name_en, "place": office.place.code}
        for office in offices_open()
    ]
    return answer({"items": rows})
