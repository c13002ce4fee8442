"""Which county the running request, job, command or test has chosen. `county.context` makes the choice."""

from contextvars import ContextVar

SHARED = "public"

current: ContextVar[str | None] = ContextVar("county_schema", default=None)

as_its_role: ContextVar[bool] = ContextVar("as_the_countys_role", default=False)


class NoCounty(RuntimeError):
    """A query ran before a county was chosen."""

    def __init__(self) -> None:
        super().__init__("No county is chosen. Enter once by use_county(code) or use_shared() before the first query.")


def chosen_schema() -> str:
    """The schema the next query belongs to, or NoCounty."""
    schema = current.get()
    if schema is None:
        raise NoCounty
    return schema


def current_code() -> str:
    """The chosen county's six digits; NoCounty if none is chosen or only the shared shelf is open."""
    schema = chosen_schema()
    if schema == SHARED:
        raise NoCounty
    return schema.removeprefix("county_")
