"""The root of REST v1: its addresses, its description, and one way to say no (problem+json, RFC 9457)."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from weimin.catalogue.api import router as knowledge
from weimin.county.permissions import View, for_programs, open_to_all
from weimin.matters import api as matters
from weimin.matters.api.door import Key
from weimin.matters.api.problems import method_not_allowed, problem_of

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `detail` is a sentence in the reader's language.",
    "required": ["type", "title", "status", "code", "detail", "instance"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "code", "detail", "instance")},
        "status": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("field", "code", "detail")},
            },
        },
    },
}
SAID_NO = {
    "description": "Refused, and nothing has changed",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def _header(name: str, description: str, *, required: bool = False) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[!-~]+$"}
    return {"in": "header", "name": name, "required": required, "schema": schema, "description": description}


class Described(NinjaAPI):
    """The description as programs need it: the headers a POST takes, and the shape of every refusal.

    Anybody may ask for it, and it costs a tenth of a second to make: once a process, for what it tells stays the same.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._made: dict[str | None, OpenAPISchema] = {}  # what stands before each path → the description

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Read by all, changed by nobody."""
        if path_prefix not in self._made:
            self._made[path_prefix] = self._make(path_prefix=path_prefix, path_params=path_params)
        return self._made[path_prefix]

    def _make(self, **asked: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**asked)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                operation["responses"]["default"] = SAID_NO
                if method == "post":
                    operation["parameters"] = operation.get("parameters", []) + _headers(path)
        return schema


def _headers(path: str) -> list[dict[str, Any]]:
    """Every POST writes, so every POST is answered once; one on a matter can name the version it speaks of."""
    once = _header("Idempotency-Key", "A repeat under this key gets the first answer, byte for byte.", required=True)
    version = _header("If-Match", "The ETag last read; 412 if the matter has changed since.")
    return [once, version] if "/{number}/" in path else [once]


api = Described(
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
api.add_router("/board", matters.board)
api.add_router("/posts", matters.posts)
api.add_router("/articles", knowledge)
for _kind in (Exception, Http404, HttpError, ValidationError):  # the four for which ninja has answers of its own
    api.add_exception_handler(_kind, problem_of)


def _told(view: View) -> View:
    """The endpoint asks for a key; a method it does not know is told like every other refusal."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if not isinstance(answer, HttpResponseNotAllowed):
            return answer
        refusal = method_not_allowed(request)
        refusal["Allow"] = ", ".join(sorted(answer["Allow"].split(", ")))
        return refusal

    return for_programs(answered)


@csrf_exempt
@open_to_all
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Any other address under the root."""
    return problem_of(request, Http404())


def _addresses() -> tuple[list[URLPattern | URLResolver], str, str]:
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        assert isinstance(pattern, URLPattern) and pattern.callback is not None  # ninja nests nothing
        if pattern.name not in ("openapi-json", "api-root"):
            pattern.callback = _told(pattern.callback)
    return [*patterns, re_path(r"^(?!docs$)", nothing_here, name="nothing")], app_name, namespace


urls = _addresses()


@open_to_all
def docs(request: HttpRequest) -> HttpResponse:
    """The interface in plain tables, made from its own description."""
    schema = api.get_openapi_schema()
    operations = [
        {
            **operation,
            "path": path,
            "method": method.upper(),
            "parameters": [{**part, "type": _type(schema, part["schema"])} for part in operation.get("parameters", [])],
            "body": _fields(schema, operation),
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "web/api.html", {"operations": operations, "schema": schema})


def _fields(schema: OpenAPISchema, operation: dict[str, Any]) -> list[dict[str, Any]]:
    """What the body of an operation holds, field by field."""
    if "requestBody" not in operation:
        return []
    (sent,) = operation["requestBody"]["content"].values()
    shape = sent["schema"]
    if "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return [
        {"name": field, "required": field in shape.get("required", ()), "type": _type(schema, described)}
        for field, described in shape["properties"].items()
    ]


def _type(schema: OpenAPISchema, described: dict[str, Any]) -> str:
    if "$ref" in described:
        return _type(schema, schema["components"]["schemas"][described["$ref"].rpartition("/")[2]])
    if "anyOf" in described:
        return " / ".join(_type(schema, part) for part in described["anyOf"])
    if "enum" in described:
        return " | ".join(str(word) for word in described["enum"])
    return str(described.get("format") or described.get("type", ""))
