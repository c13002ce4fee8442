"""A line of the timeline read whole: what stands in a row of its own is not repeated in it (docs/decisions/0027)."""

from typing import Any

from .models import Event
from .states import Act


def words_in(event: Event) -> str:
    """What this line says. What the resident wrote stands once, in the matter that it became; an answer, in its row."""
    if event.answer is not None:
        return event.answer.told
    return event.matter.text if event.act == Act.RECEIVE and not event.words else event.words


def data_in(event: Event) -> dict[str, Any]:
    """What this line says beside its words."""
    return event.data if event.answer is None else event.answer.noted
