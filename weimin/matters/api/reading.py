"""Reading matters and the catalogue by REST."""

import base64
import binascii
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema
from pydantic import Field

from weimin.catalogue.queries import kinds_open
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Place
from weimin.county.permissions import for_programs
from weimin.county.queries import offices_open
from weimin.households.services import note_reading
from weimin.kernel import clock
from weimin.kernel.refusal import Refused

from .. import queries
from ..models import Matter
from ..permissions import WITH_PLACES, matter_for
from ..states import Identity, State
from .door import actor_of, answer, etag_of
from .shapes import MatterDetail, MatterPage, clock_out, event_out, matter_out

router = Router(tags=["matters"])


class Filters(Schema):
    state: State | None = None
    kind: str | None = Field(None, max_length=40)
    place: str | None = Field(None, pattern="^[0-9]{6,14}$", description="a place and everything in it")
    office: str | None = Field(None, max_length=20)
    channel: str | None = Field(None, max_length=8)
    q: str | None = Field(None, max_length=100, description="words of the text or the number")
    received_from: datetime | None = None
    received_to: datetime | None = None
    after: str | None = Field(None, max_length=120, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


@router.get("", response=MatterPage, summary="List and search, newest first")
@for_programs
def list_matters(request: HttpRequest, asked: Query[Filters]) -> HttpResponse:
    found = _filtered(queries.visible_to(actor_of(request)), asked)
    rows = list(found.select_related(*WITH_PLACES, "merged_into").order_by("-received_at", "-pk")[: asked.limit + 1])
    more = len(rows) > asked.limit
    rows = rows[: asked.limit]
    return answer({"items": [matter_out(matter) for matter in rows], "next": _cursor(rows[-1]) if more else None})


def _filtered(found: QuerySet[Matter], asked: Filters) -> QuerySet[Matter]:
    plain: dict[str, Any] = {
        "state": asked.state,
        "kind__code": asked.kind,
        "place_code__startswith": asked.place,
        "lead__code": asked.office,
        "channel": asked.channel,
        "received_at__gte": _aware(asked.received_from),
        "received_at__lte": _aware(asked.received_to),
    }
    found = found.filter(**{name: value for name, value in plain.items() if value is not None})
    for word in (asked.q or "").split()[:6]:
        found = found.filter(Q(text__icontains=word) | Q(title__icontains=word) | Q(number__icontains=word))
    if asked.after:
        at, pk = _place_of(asked.after)
        found = found.filter(Q(received_at__lt=at) | Q(received_at=at, pk__lt=pk))
    return found


def _aware(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise Refused("NAIVE_TIME", _("时间要写明时区，例如 2026-09-29T16:20:00+08:00。"))
    return moment


def _cursor(matter: Matter) -> str:
    return base64.urlsafe_b64encode(f"{matter.received_at.isoformat()}|{matter.pk}".encode()).decode()


def _place_of(cursor: str) -> tuple[datetime, int]:
    try:
        at, _bar, pk = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        moment, key = parse_datetime(at), int(pk)
        if moment is None or moment.tzinfo is None or not 0 < key < 2**63:
            raise ValueError
    except (ValueError, binascii.Error, OverflowError):
        raise Refused("BAD_CURSOR", _("翻页标记不对，请从第一页重新开始。")) from None
    return moment, key


@router.get("/{number}", response=MatterDetail, summary="One matter with its timeline")
@for_programs
def one_matter(request: HttpRequest, number: str, contact: bool = False) -> HttpResponse:
    """`contact=true` opens the resident's name and number, which is written down and shown to them."""
    actor = actor_of(request)
    with transaction.atomic():
        matter = matter_for(actor, number)
        known = _contact(matter, actor) if contact else None
    body = matter_out(matter) | {
        "text": matter.text,
        "details": matter.details,
        "address": matter.address,
        "clock": clock_out(matter),
        "timeline": [event_out(event) for event in queries.timeline(matter)],
        "contact": known,
    }
    return answer(body, etag=etag_of(matter))


def _contact(matter: Matter, actor: Actor) -> dict[str, str] | None:
    resident = matter.resident
    if resident is None:
        return None
    if matter.identity == Identity.HIDDEN and not actor.has(Duty.CLASSIFY):
        raise Refused("HIDDEN", _("反映人要求对承办单位隐去姓名，请通过受理中心联系。"))
    note_reading(
        resident,
        about=f"matter:{matter.number}",
        fields=_t("姓名、电话、邮箱、地址"),
        why=_t("通过数据接口办理"),
        by=actor,
        now=clock.now(),
    )
    return {
        "name": resident.name,
        "phone": resident.phone,
        "email": resident.email,
        "address": resident.address,
        "reach_by": resident.reach_by,
    }


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
