"""A line of the timeline read whole: what stands in a row of its own is not repeated in it (docs/decisions/0027)."""

from typing import Any

from .models import Event
from .states import Act


def words_in(event: Event) -> str:
    """What this line says. What the resident wrote stands once, in the matter that it became; an answer, in its row.

    Nobody writes words into a line that has them elsewhere: if some stand there, they are what it says, and unproved.
    """
    if event.words:
        return event.words
    if event.answer is not None:
        return event.answer.told
    return event.matter.text if event.act == Act.RECEIVE else ""


def data_in(event: Event) -> dict[str, Any]:
    """What this line says beside its words."""
    return event.data if event.answer is None or event.data else event.answer.noted
