"""Conditions on matters in the form that costs the database least: found by an index, nothing computed by row."""

from datetime import datetime

from django.db.models import Q

from weimin.county.models.places import CODE_LENGTH, Level


def codes_within(code: str) -> tuple[str, str]:
    """From the first to the last code of what lies in this place: unlike of a prefix, an index knows where that is."""
    return code, code.ljust(CODE_LENGTH[Level.GROUP], "9")


def within(code: str) -> Q:
    """Matters of this place and of everything in it."""
    return Q(place_code__range=codes_within(code))


def beyond(column: str, at: datetime, key: int, *, less: bool) -> Q:
    """Rows after this one, in the order of this column and then of the key."""
    word = "lt" if less else "gt"
    # the first condition follows from the others: by it an index knows where to begin
    return Q(**{f"{column}__{word}e": at}) & (Q(**{f"{column}__{word}": at}) | Q(**{f"pk__{word}": key}))
