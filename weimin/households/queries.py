"""Questions about residents. What is sealed is found by its blind index, then opened and looked at."""

from django.db.models import Q, QuerySet

from .models import Resident
from .searching import asked_words, fits

_LOOKED_AT = 400  # rows opened at most for one question


def found_by(typed: str, *, among: QuerySet[Resident]) -> list[Resident]:
    """Who of these begins so: the name in characters or sounds, or the telephone; by name, from the newest known."""
    words = asked_words(typed)
    if not words:
        return []
    asked = Q()
    for word in words:
        asked |= Q(search_index__has_word=word)
    rows = [one for one in among.filter(asked).order_by("-pk")[:_LOOKED_AT] if fits(one, typed)]
    return sorted(rows, key=lambda one: (one.name, one.pk))
