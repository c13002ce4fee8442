"""Every request gets a number, which its lines, its answer and its error page carry; one line tells how it went."""

import logging
import secrets
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from .counters import count
from .lines import route_of

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
# Asked by machines every few seconds; a line of each would bury the others.
QUIET = ("/health/", "/static/", "/metrics")


class LogMiddleware:
    """Stands before everything else. A number sent from outside is not taken over: it could hold anything."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = perf_counter()
        number = request.META["WEIMIN_REQUEST"] = secrets.token_hex(8)
        clear_contextvars()  # the thread has served somebody else before
        bind_contextvars(request=number)
        try:
            response = self.get_response(request)
            response.headers[HEADER] = number
            _tell(request, response, perf_counter() - began)
        finally:
            clear_contextvars()
        return response


def about_matter(number: str) -> None:
    """From here on the lines of this request name the matter."""
    if "request" in get_contextvars():  # an import brings in thousands, and its lines are about none of them
        bind_contextvars(matter=number)


def _tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    names = [f"answers_{response.status_code // 100}xx"]
    names += ["repeats"] if "Idempotency-Replayed" in response.headers else []
    names += ["too_many"] if response.status_code == 429 else []
    count(*names)
    level = logging.DEBUG if request.path_info.startswith(QUIET) and response.status_code < 500 else logging.INFO
    if log.isEnabledFor(level):
        facts = {"status": response.status_code, "ms": round(seconds * 1000, 1), **_who(request)}
        log.log(level, "%s %s", request.method, route_of(request), extra={"facts": facts})


def _who(request: Any) -> dict[str, Any]:
    """Matter, duty and posts, as far as the page has asked for them. Posts, never the person who holds them."""
    match = getattr(request, "resolver_match", None)
    facts: dict[str, Any] = {}
    if match is not None:
        if number := match.kwargs.get("number"):
            facts["matter"] = str(number)[:20] if _is_number(str(number)) else ""
        duty = getattr(match.func, "duty", "")
        facts["duty"] = duty if isinstance(duty, str) else "|".join(str(one) for one in duty)
    actor = getattr(request, "actor", None) or getattr(getattr(request, "auth", None), "actor", None)
    if actor is not None:
        facts["post"] = ",".join(post.code for post in actor.posts)
    return facts


def _is_number(word: str) -> bool:
    """Somebody may type anything into an address; only what looks like the number of a matter is written down."""
    return word.isascii() and len(word) <= 20 and word.count("-") == 3
