"""What lies near the reader, as far as this session has told us: nobody is asked, nothing is looked up by address."""

from datetime import datetime

from django.http import HttpRequest

from weimin.county.models import Place
from weimin.matters import permissions, queries
from weimin.matters.models import Matter, Publication

from .draft import SessionDraft


def township_of(request: HttpRequest, *, now: datetime) -> Place | None:
    """The township of the matter being written, else of one whose receipt this session holds."""
    place = SessionDraft(request).place
    code = place.code if place is not None else ""
    if not code and (numbers := permissions.unlocked_numbers(request, now=now)):
        code = (
            Matter.objects.filter(number__in=numbers).values_list("place_code", flat=True).order_by("-pk").first() or ""
        )
    return Place.objects.filter(code=code[:9]).defer("outline").first() if len(code) >= 9 else None


def stories_near(township: Place | None, *, most: int) -> list[Publication]:
    """The newest stories, those of the township first."""
    if township is None:
        return list(queries.board()[:most])
    near = list(queries.board().filter(place__code__startswith=township.code)[:most])
    rest = queries.board().exclude(place__code__startswith=township.code)
    return near + list(rest[: most - len(near)])
