"""GET services, GET services/{code}, and the discovery file."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from weimin.catalogue.models import Kind, Question
from weimin.catalogue.queries import kind_by_code, kinds_open, questions_of
from weimin.county.directory import county
from weimin.kernel.chosen import current_code

from .wire import Row, endpoint, missing, reply, reply_one

CHANGESET = "2026-11-23T00:00:00+08:00"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def offered() -> list[Kind]:
    """Kinds a resident may choose that have no finer kinds under them."""
    kinds = list(kinds_open().select_related("parent"))
    above = {kind.parent_id for kind in kinds}
    return [kind for kind in kinds if kind.for_residents and kind.pk not in above]


@endpoint("GET")
def services(request: HttpRequest, *, fmt: str) -> HttpResponse:
    """What can be reported."""
    asked = {question.kind_id for question in Question.objects.only("kind_id")}
    rows: list[Row] = [
        {
            "service_code": kind.code,
            "service_name": kind.name,
            "description": kind.description_zh if _chinese() else kind.description_en,
            "metadata": bool({kind.pk, kind.parent_id, kind.parent.parent_id if kind.parent else None} & asked),
            "type": "realtime",
            "keywords": ",".join(kind.keywords.replace("、", ",").replace("，", ",").split(",")),
            "group": kind.parent.name if kind.parent else kind.name,
        }
        for kind in offered()
    ]
    return reply(fmt, "services", "service", rows)


@endpoint("GET")
def definition(request: HttpRequest, *, fmt: str, code: str) -> HttpResponse:
    """The extra questions of one kind."""
    kind = kind_by_code(code)
    if kind is None:
        raise missing(_("没有这个 service_code：%(code)s") % {"code": code})
    attributes = [_attribute(question) for question in questions_of(kind)]
    return reply_one(fmt, "service_definition", {"service_code": kind.code, "attributes": attributes})


def _attribute(question: Question) -> Row:
    return {
        "variable": True,
        "code": question.code,
        "datatype": question.datatype,
        "required": question.required,
        "datatype_description": "",
        "order": question.order,
        "description": question.text_zh if _chinese() else question.text_en,
        "values": [{"key": value["key"], "name": value["zh" if _chinese() else "en"]} for value in question.values],
    }


@endpoint("GET")
def discovery(request: HttpRequest, *, fmt: str) -> HttpResponse:
    """Where the endpoints are, in the shape other cities publish."""
    here = county(current_code())
    url = settings.BASE_URL + reverse("matters:open311_root")
    row: Row = {
        "changeset": CHANGESET,
        "contact": _("%(county)s受理中心，电话 %(phone)s") % {"county": here.name, "phone": here.phone or "12345"},
        "key_service": _("向县受理中心申请接口密钥，说明用途即可，不收费。"),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": url.rstrip("/"),
                "changeset": CHANGESET,
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return reply_one(fmt, "discovery", row)
