"""Loading the sample county: founding, catalogue, two years of matters, sign-ins; all of it or nothing."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from weimin.catalogue.seeds import read_seed
from weimin.catalogue.services import seed_catalogue
from weimin.county.actors import IMPORT, RESIDENT
from weimin.county.plans import read_plan
from weimin.county.seed_years import SOURCE, seeded_years
from weimin.county.services import found_county, seed_years
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import COUNTY_TIME
from weimin.ledger.models import Entry
from weimin.ledger.services import record
from weimin.matters import journey, numbering
from weimin.matters.journey import Receipt
from weimin.matters.models import Matter
from weimin.matters.states import Channel, ContactOutcome

from . import builder, sayings
from .signins import give_signins
from .world import COUNTY_CODE, World

FOUNDED_ON = date(2024, 1, 1)
LOADED = "web.load_sample"
AUNT_WANG = "王桂芳家门前：青石村小学旁水管爆裂"


def is_loaded() -> bool:
    return Entry.objects.filter(what=LOADED).exists()


def is_another_county() -> bool:
    """Whether somebody works here already, or the code is another county's: the sample must keep out."""
    return current_code() != COUNTY_CODE or Matter.objects.exists()


@transaction.atomic
def load_sample(*, matters: int, until: date, now: datetime, step: builder.Step) -> dict[str, Any]:
    """Everything the demonstration shows, in one transaction, and what goes into demo.json."""
    founded = datetime.combine(FOUNDED_ON, time(9), COUNTY_TIME)
    seed_years(years=seeded_years(), source=SOURCE, by=IMPORT, now=now)
    found_county(read_plan(builder.DATA), from_on=FOUNDED_ON, by=IMPORT, now=founded)
    seed_catalogue(read_seed(), routes_from=FOUNDED_ON, by=IMPORT, now=founded)
    world = World(builder.plans())
    builder.tell(world, matters=matters - 1, until=until, step=step)
    receipt = aunt_wang(world, until)
    record(what=LOADED, about=f"county:{COUNTY_CODE}", by=IMPORT.word(), at=now, content={"matters": matters})
    return {**give_signins(now=now), "resident": {"number": receipt.matter.number, "pin": receipt.pin}}


def aunt_wang(world: World, until: date) -> Receipt:
    """One matter to walk: answered two days ago, so its resident may rate, add, reopen or appeal."""

    def at(days: int, hour: int, minute: int) -> datetime:
        return datetime.combine(until - timedelta(days=days), time(hour, minute), COUNTY_TIME)

    village = next(place for place in world.villages if place.name_zh == "青石村")
    clerk, dispatcher, crew = world.post("T101-3"), world.post("T101-3"), world.post("ZLS-2")
    draft = journey.Draft(
        text="我是青石村二组的王桂芳。今天一早村小学旁边的水管爆了，水流了半条路，我们这一片都没有水，家里还有九十岁的老人。",
        title=AUNT_WANG,
        kind=world.kinds["water.supply.burst"],
        place=village,
        channel=Channel.PHONE,
        address="青石村小学东墙外",
        name="王桂芳",
        phone="10055501234",
        lat=village.lat,
        long=village.long,
        details={"flow": "stream", "households": 30},
    )
    receipt = journey.receive_matter(draft, by=clerk, now=at(2, 7, 42))
    matter = receipt.matter
    journey.classify_matter(matter, kind=matter.kind, by=clerk, now=at(2, 7, 46))
    office = crew.posts[0].office
    journey.dispatch_matter(matter, office=office, by=dispatcher, now=at(2, 7, 48))
    journey.accept_matter(matter, by=crew, now=at(2, 7, 59))
    journey.contact_resident(
        matter, at=at(2, 8, 4), channel="PHONE", outcome=ContactOutcome.REACHED,
        words="问清了位置，告诉她抢修车已经出发，并先给老人送水。", by=crew, now=at(2, 8, 5),
    )  # fmt: skip
    journey.add_note(matter, words="师傅已经到了，正在挖。", by=RESIDENT, now=at(2, 9, 10))
    reply = journey.Reply(
        facts="抢修班上午8点35分到青石村小学东墙外，关阀开挖，换了6米管子和一处接头，11点20分恢复供水，给老人户送水12桶。",
        reasons="这段铸铁管用了十九年，夜里降温，接头冻裂。",
        rule="《城市供水条例》第二十七条",
        appeal_route=sayings.APPEAL_ROUTE,
        promise="把小学东墙外这段管道全部换新、埋深到1.2米",
        promise_due_on=until + timedelta(days=24),
    )
    journey.answer_matter(matter, reply=reply, by=crew, now=at(2, 11, 40))
    return receipt


@transaction.atomic
def renew_signins(*, now: datetime) -> dict[str, Any]:
    """New passwords, keys and a new PIN: what was in a demo.json that is gone ends."""
    matter = Matter.objects.get(title=AUNT_WANG)
    pin = numbering.new_pin()
    Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=numbering.pin_digest(matter.number, pin))
    record(what="web.renew_sample", about=f"county:{COUNTY_CODE}", by=IMPORT.word(), at=now, content={})
    return {**give_signins(now=now), "resident": {"number": matter.number, "pin": pin}}
