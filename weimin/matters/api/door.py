"""How a request of REST v1 comes in: the key, the versions, the one way to carry out a verb."""

from collections.abc import Callable
from datetime import datetime
from hashlib import file_digest
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from ninja.security import HttpBearer

from weimin.county.actors import Actor
from weimin.county.idempotency import Answered, answer_once, checked_key
from weimin.county.models import ApiToken
from weimin.county.tokens import Bearer, bearer_of
from weimin.kernel import clock
from weimin.kernel.refusal import Refused

from ..models import Matter
from ..permissions import matter_for
from .shapes import MatterOut
from .telling import matter_out

JSON = "application/json"


class Key(HttpBearer):
    """`Authorization: Bearer KEY`, and beside it on every POST an `Idempotency-Key`."""

    def __call__(self, request: HttpRequest) -> Bearer | None:
        """As ninja's own; `request.headers` would go through all that came with it first."""
        scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return self.authenticate(request, token) if scheme.lower() == self.openapi_scheme else None

    def authenticate(self, request: HttpRequest, token: str) -> Bearer:
        bearer = bearer_of(token, use=ApiToken.Use.REST, now=clock.now())
        if request.method == "POST":  # every POST writes: without a key nothing of it is even read
            checked_key(key_of(request))
        return bearer


def key_of(request: HttpRequest) -> str:
    """The Idempotency-Key it came with."""
    return str(request.META.get("HTTP_IDEMPOTENCY_KEY", ""))


def actor_of(request: HttpRequest) -> Actor:
    bearer: Bearer = request.auth  # type: ignore[attr-defined]
    return bearer.actor


def answer(body: Any, status: int = 200, *, etag: str = "", location: str = "") -> HttpResponse:
    response = HttpResponse(orjson.dumps(body), content_type=JSON, status=status)
    response["Cache-Control"] = "no-store"
    if etag:
        response["ETag"] = etag
    if location:
        response["Location"] = location
    return response


def etag_of(matter: Matter) -> str:
    return f'"{matter.number}.{matter.version}"'


def perform_on(
    request: HttpRequest,
    number: str,
    verb: Callable[[Matter, Actor, datetime], Any],
    *,
    out: Callable[[Matter], Schema] = lambda matter: MatterOut.model_validate(matter_out(matter)),
    status: int = 200,
) -> HttpResponse:
    """Carry out a verb once on a matter this key may see; If-Match is honoured. `out` says what is told of it."""
    actor, now = actor_of(request), clock.now()

    def act() -> Answered:
        matter = matter_for(actor, number)
        wanted = [tag.strip() for tag in request.headers.get("If-Match", "*").split(",")]
        if "*" not in wanted and etag_of(matter) not in wanted:
            raise Refused("CHANGED", _("这件事在您读过以后有了变动，请重新读取再试。"))
        verb(matter, actor, now)
        fresh = matter_for_all(matter)
        return Answered(status, JSON, out(fresh).model_dump_json().encode(), {"ETag": etag_of(fresh)})

    return sent(once(request, act))


def matter_for_all(matter: Matter) -> Matter:
    """The matter as it stands after a verb, even if it has left the sight of whoever acted."""
    return Matter.objects.get(pk=matter.pk)


def once(request: HttpRequest, act: Callable[[], Answered], *, mostly_new: bool = False) -> Answered:
    """One answer for this key, this address and this bearer; `mostly_new` as `answer_once` has it."""
    bearer: Bearer = request.auth  # type: ignore[attr-defined]
    scope = f"rest:{bearer.token.pk}:{request.path}"[:60]
    return answer_once(
        scope=scope, key=key_of(request), payload=_payload(request), now=clock.now(), act=act, mostly_new=mostly_new
    )


def _payload(request: HttpRequest) -> bytes:
    """What was sent, as far as a repeat must be the same. Of a form its parts: a retry may draw another boundary."""
    if request.content_type != "multipart/form-data":
        return request.body
    parts: list[Any] = [(name, values) for name, values in sorted(request.POST.lists())]
    for name, files in sorted(request.FILES.lists()):
        parts += [(name, file.name, _digest(file)) for file in files]
    return orjson.dumps(parts)


def _digest(file: Any) -> str:
    file.seek(0)
    return file_digest(file, "sha256").hexdigest()


def sent(answered: Answered) -> HttpResponse:
    response = HttpResponse(answered.body, content_type=answered.content_type, status=answered.status)
    response["Cache-Control"] = "no-store"
    for name, value in answered.headers.items():
        response[name] = value
    if answered.repeated:
        response["Idempotency-Replayed"] = "true"
    return response
