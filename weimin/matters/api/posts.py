"""Posts by REST: the hand-over of a whole desk."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from weimin.county.idempotency import Answered
from weimin.county.models import Post
from weimin.county.permissions import for_programs
from weimin.kernel import clock

from .. import journey
from . import shapes
from .acts import by_code
from .door import JSON, actor_of, once, sent

router = Router(tags=["posts"])


@router.post("/{code}/hand-over", response=shapes.HandedOver, summary="Hand a whole desk to another post")
@for_programs
def hand_over(request: HttpRequest, code: shapes.Code, body: shapes.HandOver) -> HttpResponse:
    def act() -> Answered:
        numbers = journey.hand_over_desk(
            by_code(Post, code, "giver"),
            receiver=by_code(Post, body.receiver, "receiver"),
            reason=body.reason,
            by=actor_of(request),
            now=clock.now(),
        )
        return Answered(200, JSON, shapes.HandedOver(numbers=numbers).model_dump_json().encode())

    return sent(once(request, act))
