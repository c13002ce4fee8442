"""Counties added: schema, tables and the line of the directory, all of it or nothing. PostgreSQL only."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import DatabaseError, transaction

from weimin.kernel.refusal import Refused

from ..actors import IMPORT
from ..context import UnknownCounty, use_county
from ..plans import read_table
from ..postgresql.mould import cast
from ..postgresql.roles import give_role
from ..schemas import create_schema
from ..sealed.ring import KeyTrouble
from ..sealed.standing import make_if_new
from ..services import NewCounty, enter_county
from ..shared.models import CountyEntry
from .migrating import Migrator, Outcome, side_by_side

COLUMNS = ("code", "name_zh", "name_en", "letters", "host", "phone")


def read_counties(path: Path) -> list[NewCounty]:
    """A table of counties: code, name_zh, name_en, letters, and where wanted host and phone."""
    return [NewCounty(**{name: row.get(name, "") for name in COLUMNS}) for row in read_table(path)]


def add_counties(
    counties: Sequence[NewCounty], migrator: Migrator, *, processes: int, now: datetime
) -> Iterator[Outcome]:
    """Each in a transaction of its own, as they are done. One that is refused holds up no other."""
    return side_by_side(partial(_add, now=now), counties, migrator, processes=processes)


def _add(migrator: Migrator, new: NewCounty, *, now: datetime) -> Outcome:
    """A county whose schema stands already is brought to the present tables and entered, once."""
    try:
        with transaction.atomic():
            made = create_schema(new.code)
            with use_county(new.code):
                if made:
                    cast(migrator)
                make_if_new(now=now)
                applied = migrator.migrate()
                give_role()
                if not made and not applied and _is_entered(new):
                    return Outcome(new.code)
                enter_county(new, by=IMPORT, now=now)
        return Outcome(new.code, 1)
    except (DatabaseError, KeyTrouble, Refused, UnknownCounty) as wrong:
        return Outcome(new.code, trouble=str(wrong).strip().splitlines()[0])


def _is_entered(new: NewCounty) -> bool:
    """Whether the directory says the same already: a table of counties may be given twice."""
    served = CountyEntry.objects.filter(code=new.code, retired_on__isnull=True)
    return served.filter(name_zh=new.name_zh, letters=new.letters).exists()
