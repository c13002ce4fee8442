"""Loading the sample county: founding, catalogue, two years of matters, sign-ins; all of it or nothing."""

from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from weimin.catalogue.seeds import read_seed
from weimin.catalogue.services import seed_catalogue
from weimin.county.actors import IMPORT
from weimin.county.plans import read_plan
from weimin.county.seed_years import SOURCE, seeded_years
from weimin.county.services import found_county, seed_years
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import COUNTY_TIME
from weimin.ledger.models import Entry
from weimin.ledger.services import record
from weimin.matters import numbering
from weimin.matters.models import Matter
from weimin.matters.states import State

from . import builder
from .aunt_wang import TITLE, AuntWang
from .reviewing import Reviewing
from .signins import give_signins
from .world import COUNTY_CODE, World

FOUNDED_ON = date(2024, 1, 1)
LOADED = "web.load_sample"


def is_loaded() -> bool:
    return Entry.objects.filter(what=LOADED).exists()


def is_another_county() -> bool:
    """Whether somebody works here already, or the code is another county's: the sample must keep out."""
    return current_code() != COUNTY_CODE or Matter.objects.exists()


@transaction.atomic
def load_sample(*, matters: int, until: date, now: datetime, step: builder.Step) -> dict[str, Any]:
    """Everything the demonstration shows, in one transaction, and what goes into demo.json."""
    founded = datetime.combine(FOUNDED_ON, time(9), COUNTY_TIME)
    seed_years(years=seeded_years(), source=SOURCE, by=IMPORT, now=founded)
    found_county(read_plan(builder.DATA), from_on=FOUNDED_ON, by=IMPORT, now=founded)
    seed_catalogue(read_seed(), routes_from=FOUNDED_ON, by=IMPORT, now=founded)
    world = World(builder.plans())
    aunt_wang = AuntWang(world, until)
    many = builder.many(world, matters=matters - 1, until=until)
    builder.tell(lives=[aunt_wang, Reviewing(world, until), *many], until=until, step=step)
    record(what=LOADED, about=f"county:{COUNTY_CODE}", by=IMPORT.word(), at=now, content={"matters": matters})
    return {
        **give_signins(now=now),
        "resident": {"number": aunt_wang.receipt.matter.number, "pin": aunt_wang.receipt.pin},
    }


@transaction.atomic
def renew_signins(*, now: datetime) -> dict[str, Any]:
    """New passwords, keys and a new PIN: what was in a demo.json that is gone ends."""
    return _new_signins(Matter.objects.get(title=TITLE), now)


@transaction.atomic
def signins_of_a_grown_county(*, now: datetime) -> dict[str, Any]:
    """The same for a county that was grown: its resident is whoever was answered last."""
    return _new_signins(Matter.objects.filter(state=State.ANSWERED, resident__isnull=False).latest("pk"), now)


def _new_signins(matter: Matter, now: datetime) -> dict[str, Any]:
    pin = numbering.new_pin()
    Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=numbering.pin_digest(matter.number, pin))
    record(what="web.renew_sample", about=f"county:{current_code()}", by=IMPORT.word(), at=now, content={})
    return {**give_signins(now=now), "resident": {"number": matter.number, "pin": pin}}
