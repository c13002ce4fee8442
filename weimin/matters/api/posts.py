"""Posts by REST: the hand-over of a whole desk."""

from django.http import Http404, HttpRequest, HttpResponse
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
            _post_in_use(code),
            receiver=by_code(Post, body.receiver, "receiver"),
            reason=body.reason,
            by=actor_of(request),
            now=clock.now(),
        )
        return Answered(200, JSON, shapes.HandedOver(numbers=numbers).model_dump_json().encode())

    return sent(once(request, act))


def _post_in_use(code: str) -> Post:
    """The post the address names; as if it did not exist where it is none, or retired."""
    found = Post.objects.filter(code=code, retired_on__isnull=True).first()
    if found is None:
        raise Http404
    return found
