"""The root of REST v1: what every endpoint shares, and how errors are told (problem+json, RFC 9457)."""

from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from weimin.county.permissions import open_to_all
from weimin.kernel.refusal import Refused
from weimin.kernel.words import Mistake
from weimin.matters import api as matters
from weimin.matters.api.door import Key

# What a refusal means to a program; every other code is 422: understood, but not possible like this.
STATUS = {
    "KEY_MISSING": 400, "BAD_CURSOR": 400, "NAIVE_TIME": 422, "UNKNOWN_KEY": 401, "NOT_YOUR_DUTY": 403,
    "HIDDEN": 403, "OWN_OFFICE": 403, "NOT_ABOVE": 403, "RESIDENT_ONLY": 403, "MOVED_ON": 409, "NOT_NOW": 409,
    "IN_PROGRESS": 409, "CHANGED": 412, "KEY_REUSED": 422, "TOO_MANY": 429,
}  # fmt: skip

api = NinjaAPI(
    title="Weimin 为民",
    version="1",
    description="Matters of residents, from received to published. Keys act as a post, with at most its duties.",
    auth=Key(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("/matters", matters.router)
api.add_router("", matters.catalogue)


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    body = {"type": f"urn:weimin:{code.lower().replace('_', '-')}", "status": status, "code": code, "detail": detail}
    response = HttpResponse(orjson.dumps(body | more), content_type="application/problem+json", status=status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Refused)
def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    more = {"field": refusal.field} if refusal.field else {}
    return problem(STATUS.get(refusal.code, 422), refusal.code, str(refusal), **more)


@api.exception_handler(Mistake)
def mistaken(request: HttpRequest, mistake: Mistake) -> HttpResponse:
    return problem(422, mistake.code, mistake.words(request.LANGUAGE_CODE))  # type: ignore[attr-defined]


@api.exception_handler(Http404)
def absent(request: HttpRequest, reason: Http404) -> HttpResponse:
    return problem(404, "NOT_FOUND", _("没有找到，或者您的岗位看不到。"))


@api.exception_handler(AuthenticationError)
def keyless(request: HttpRequest, reason: AuthenticationError) -> HttpResponse:
    return problem(401, "KEY_NEEDED", _("请在 Authorization 里带上密钥：Bearer 加空格加密钥。"))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    errors = [{"field": ".".join(map(str, error["loc"])), "detail": error["msg"]} for error in wrong.errors]
    return problem(422, "INVALID", _("内容不符合要求，逐项见 errors。"), errors=errors)


@api.exception_handler(HttpError)
def broken(request: HttpRequest, wrong: HttpError) -> HttpResponse:
    return problem(wrong.status_code, "BAD_REQUEST", _("请求读不懂：请发送 UTF-8 编码的 JSON。"))


@open_to_all
def docs(request: HttpRequest) -> HttpResponse:
    """The interface in plain tables, made from its own description."""
    schema = api.get_openapi_schema()
    operations = [
        {"path": path, "method": method.upper(), "summary": operation.get("summary", "")}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "web/api.html", {"operations": operations, "schema": schema})
