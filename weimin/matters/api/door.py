"""How a request of REST v1 comes in: the key, the versions, the one way to carry out a verb."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from ninja.security import HttpBearer

from weimin.county.actors import Actor
from weimin.county.idempotency import Answered, answer_once
from weimin.county.models import ApiToken
from weimin.county.tokens import Bearer, bearer_of
from weimin.kernel import clock
from weimin.kernel.refusal import Refused

from ..models import Matter
from ..permissions import matter_for
from .shapes import MatterOut, matter_out

JSON = "application/json"


class Key(HttpBearer):
    """`Authorization: Bearer KEY`."""

    def authenticate(self, request: HttpRequest, token: str) -> Bearer:
        return bearer_of(token, use=ApiToken.Use.REST, now=clock.now())


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


def perform_on(request: HttpRequest, number: str, verb: Callable[[Matter, Actor, datetime], Any]) -> HttpResponse:
    """Carry out a verb on a matter this key may see; If-Match and Idempotency-Key are honoured where they are sent."""
    actor, now = actor_of(request), clock.now()

    def act() -> Answered:
        matter = matter_for(actor, number)
        wanted = [tag.strip() for tag in request.headers.get("If-Match", "*").split(",")]
        if "*" not in wanted and etag_of(matter) not in wanted:
            raise Refused("CHANGED", _("这件事在您读过以后有了变动，请重新读取再试。"))
        verb(matter, actor, now)
        fresh = matter_for_all(matter)
        body = MatterOut.model_validate(matter_out(fresh)).model_dump_json().encode()
        return Answered(200, JSON, body, {"ETag": etag_of(fresh)})

    key = request.headers.get("Idempotency-Key")
    if key:
        return sent(once(request, key, act))
    with transaction.atomic():
        return sent(act())


def answered(request: HttpRequest, act: Callable[[], Schema]) -> HttpResponse:
    """Carry out a verb that is not about one matter; an Idempotency-Key is honoured where it is sent."""

    def told() -> Answered:
        return Answered(200, JSON, act().model_dump_json().encode())

    key = request.headers.get("Idempotency-Key")
    if key:
        return sent(once(request, key, told))
    with transaction.atomic():
        return sent(told())


def matter_for_all(matter: Matter) -> Matter:
    """The matter as it stands after a verb, even if it has left the sight of whoever acted."""
    return Matter.objects.select_related(
        "kind", "urgency", "place__parent", "owner__office", "lead", "merged_into"
    ).get(pk=matter.pk)


def once(request: HttpRequest, key: str, act: Callable[[], Answered]) -> Answered:
    """One answer for this key, this address and this bearer."""
    bearer: Bearer = request.auth  # type: ignore[attr-defined]
    scope = f"rest:{bearer.token.pk}:{request.path}"[:60]
    return answer_once(scope=scope, key=key, payload=request.body, now=clock.now(), act=act)


def sent(answered: Answered) -> HttpResponse:
    response = HttpResponse(answered.body, content_type=answered.content_type, status=answered.status)
    response["Cache-Control"] = "no-store"
    for name, value in answered.headers.items():
        response[name] = value
    if answered.repeated:
        response["Idempotency-Replayed"] = "true"
    return response
