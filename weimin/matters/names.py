"""What a matter's keys stand for, from this process's copies of the county's order.

Kinds, places, posts and offices are few and read at every request. To join them all to one matter costs the database
a hundred times what it takes to find it: only to plan a join of ten tables takes 20 to 60 ms.
"""

from typing import Any, TypeVar

from weimin.catalogue.queries import kinds_by_key, urgencies_by_key
from weimin.county.queries import offices_by_key, officials_by_key, places_by_key, posts_by_key
from weimin.kernel.kept import KeptRows

from .models import Answer, Event, Matter

Said = TypeVar("Said", Event, Answer)

_OF_MATTER: dict[str, KeptRows[Any]] = {
    "kind": kinds_by_key, "urgency": urgencies_by_key, "place": places_by_key, "taken_by": posts_by_key,
    "owner": posts_by_key, "lead": offices_by_key,
}  # fmt: skip
_FIELDS: list[tuple[Any, KeptRows[Any]]] = [(Matter._meta.get_field(name), rows) for name, rows in _OF_MATTER.items()]


def with_names(matter: Matter) -> Matter:
    """The same matter with its kind, class, place, owner and offices at hand: to ask it for them costs no statement."""
    for field, rows in _FIELDS:
        key = getattr(matter, field.attname)
        field.set_cached_value(matter, None if key is None else rows.row(key))
    return matter


def with_post(said: Said) -> Said:
    """The same line or answer with the post that spoke, and its office, at hand."""
    said.post = None if said.post_id is None else posts_by_key.row(said.post_id)
    return said


def with_actor(line: Event) -> Event:
    """The same line of the timeline with who acted at hand: the post, its office, and the official's name."""
    line.official = None if line.official_id is None else officials_by_key.row(line.official_id)
    return with_post(line)
