"""Every request enters exactly one county, before anything else happens."""

import logging
from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from structlog.contextvars import bind_contextvars

from .context import serve_county
from .directory import code_for_host
from .sampling import is_astray

log = logging.getLogger(__name__)

CLOSED = (
    "本县服务暂时不可用，请稍后再来。\nThe service is not available at the moment. Please come back a little later.\n"
)


class CountyMiddleware:
    """Stands first, so that no query runs before a county is chosen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            code = _code(request)
        except (DatabaseError, InterfaceError):
            log.exception("the directory of counties cannot be read")
            return _closed(request)
        bind_contextvars(county=code)  # the line that tells how it went is written after the county is left
        with serve_county(code):
            # health answers by itself, also without a database
            if not request.path_info.startswith("/health/") and is_astray():
                return _closed(request)
            response = self.get_response(request)
        if response.streaming and not response.is_async:  # type: ignore[attr-defined]
            response.streaming_content = _inside(code, response.streaming_content)  # type: ignore[attr-defined]
        return response


def _closed(request: HttpRequest) -> HttpResponse:
    """Nobody's language is known yet: both are said, to a program as every problem of the interface is."""
    again = {"Retry-After": "30", "Cache-Control": "no-store"}
    if not request.path_info.startswith("/api/"):
        return HttpResponse(CLOSED, status=503, content_type="text/plain; charset=utf-8", headers=again)
    chinese, english = CLOSED.splitlines()
    said = {
        "type": "urn:weimin:problem:CLOSED", "title": chinese, "status": 503, "code": "CLOSED",
        "detail": f"{chinese} {english}", "instance": request.path,
    }  # fmt: skip
    return JsonResponse(said, status=503, content_type="application/problem+json", headers=again)


def _code(request: HttpRequest) -> str:
    # whether we are alive must not depend on the database
    if request.path_info.startswith("/health/"):
        return settings.COUNTY
    return code_for_host(request.META.get("HTTP_HOST", ""))


def _inside(code: str, parts: Iterable[bytes]) -> Iterator[bytes]:
    """A streamed answer is read after the request has left the county: enter again for each part."""
    rest = iter(parts)
    while True:
        with serve_county(code):
            part = next(rest, None)
        if part is None:
            return
        yield part
