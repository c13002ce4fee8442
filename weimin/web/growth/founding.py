"""The order of a grown county: the sample's places, offices and posts, under its own code and letters."""

from dataclasses import replace
from datetime import date, datetime, time
from itertools import product
from string import ascii_uppercase

from django.conf import settings

from weimin.catalogue.seeds import read_seed
from weimin.catalogue.services import seed_catalogue
from weimin.county.actors import IMPORT
from weimin.county.context import use_shared
from weimin.county.plans import read_plan
from weimin.county.seed_years import SOURCE, seeded_years
from weimin.county.services import found_county, seed_years
from weimin.county.services.founding import Plan, Row
from weimin.county.shared.models import CountyEntry
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import COUNTY_TIME
from weimin.web.sample.builder import DATA
from weimin.web.sample.world import COUNTY_CODE

_CODES = {"places": ("code",), "offices": ("place",), "posts": ("covers",)}


def found(on: date) -> None:
    """Places, offices, posts, catalogue and calendar. Before: inside atomic(), the county empty."""
    at = datetime.combine(on, time(9), COUNTY_TIME)
    seed_years(years=seeded_years(), source=SOURCE, by=IMPORT, now=at)
    found_county(_plan(current_code()), from_on=on, by=IMPORT, now=at)
    seed_catalogue(read_seed(), routes_from=on, by=IMPORT, now=at)


def _plan(code: str) -> Plan:
    plan = read_plan(DATA)
    if code == COUNTY_CODE:
        return plan
    return replace(
        plan,
        county=_named(plan.county, code),
        outlines={_moved(place, code): outline for place, outline in plan.outlines.items()},
        **{
            table: [{**row} | {name: _moved(row[name], code) for name in names} for row in getattr(plan, table)]
            for table, names in _CODES.items()
        },
    )


def _moved(place: str, code: str) -> str:
    return code + place.removeprefix(COUNTY_CODE)


def _named(row: Row, code: str) -> Row:
    """The first letters that no other county has."""
    with use_shared():
        taken = set(CountyEntry.objects.exclude(code=code).values_list("letters", flat=True))
    free = (first + second for first, second in product(ascii_uppercase, repeat=2))
    letters = next(letters for letters in free if letters not in taken)
    return {**row, "letters": letters, "name_zh": f"青山县（{letters}）", "name_en": f"Qingshan County ({letters})"}


def codes(count: int) -> list[str]:
    """So many counties from that of the settings on."""
    return [f"{int(settings.COUNTY) + n:06d}" for n in range(count)]
