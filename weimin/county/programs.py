"""What programs ask is answered without what only browsers need: sessions, forms, sign-in, messages on a page.

A program brings its key with every request and no cookie, so the middlewares of the pages have nothing to do for it.
They cost a tenth of what it costs to take a matter in (docs/decisions/0030).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from csp.constants import HEADER as CONTENT_SECURITY_POLICY
from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

ROOT = "/api/v1/"

# Programs ask the same few addresses again and again; of those with a number in them the last hundreds.
_resolved = lru_cache(maxsize=300)(resolve)


class ProgramsMiddleware:
    """Calls the views of the REST interface itself; everything else goes on to the pages.

    What CSRF guards goes on too, whatever its address: only a view that asks for no cookie is called here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._answer: Callable[[HttpRequest], Any] = convert_exception_to_response(_called)
        # What the pages' middlewares say of every answer. Without a page there is no nonce: it is always the same.
        self._said = ((CONTENT_SECURITY_POLICY, build_policy()), ("X-Frame-Options", settings.X_FRAME_OPTIONS))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(ROOT):
            return self.get_response(request)
        request.resolver_match = _resolved(request.path_info)
        if not getattr(request.resolver_match.func, "csrf_exempt", False):
            return self.get_response(request)
        # a refusal is told in the language of who reads it, as LocaleMiddleware does for pages
        translation.activate(translation.get_language_from_request(request))
        response: HttpResponseBase = self._answer(request)
        for name, value in (*self._said, ("Content-Language", translation.get_language())):
            response.headers.setdefault(name, value)
        patch_vary_headers(response, ["Accept-Language"])
        return response


def _called(request: HttpRequest) -> HttpResponseBase:
    request.get_host()  # DisallowedHost, as for a page: nobody is answered under a name that is not ours
    match = request.resolver_match
    assert match is not None
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    if not response.streaming and "Content-Length" not in response.headers:
        response.headers["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
    return response
