"""One matter to walk: Aunt Wang's, answered two days before the last, so she may rate, add, reopen or appeal."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from weimin.county.actors import RESIDENT
from weimin.kernel.clock import COUNTY_TIME
from weimin.matters import journey
from weimin.matters.states import Channel, ContactOutcome

from . import sayings
from .world import World

TITLE = "王桂芳家门前：青石村小学旁水管爆裂"


class AuntWang:
    """Told to the minute, not by a plan."""

    receipt: journey.Receipt

    def __init__(self, world: World, until: date) -> None:
        self.world, self.until, self.day = world, until, until - timedelta(days=2)
        self.now = self._at(7, 42)
        self.spawned: list[Iterator[datetime]] = []

    def _at(self, hour: int, minute: int) -> datetime:
        return datetime.combine(self.day, time(hour, minute), COUNTY_TIME)

    def live(self) -> Iterator[datetime]:
        clerk, crew = self.world.post("T101-3"), self.world.post("SLJ-2")
        yield (now := self.now)
        self.receipt = journey.receive_matter(self._draft(), by=clerk, now=now)
        matter = self.receipt.matter
        yield (now := self._at(7, 46))
        journey.classify_matter(matter, kind=matter.kind, by=clerk, now=now)
        yield (now := self._at(7, 48))
        journey.dispatch_matter(matter, office=crew.posts[0].office, by=clerk, now=now)
        yield (now := self._at(7, 59))
        journey.accept_matter(matter, by=crew, now=now)
        yield (now := self._at(8, 5))
        journey.contact_resident(
            matter, at=self._at(8, 4), channel="PHONE", outcome=ContactOutcome.REACHED,
            words="问清了位置，告诉她抢修车已经出发，并先给老人送水。", by=crew, now=now,
        )  # fmt: skip
        yield (now := self._at(9, 10))
        journey.add_note(matter, words="师傅已经到了，正在挖。", by=RESIDENT, now=now)
        yield (now := self._at(11, 40))
        journey.answer_matter(matter, reply=self._reply(), by=crew, now=now)

    def _draft(self) -> journey.Draft:
        village = next(place for place in self.world.villages if place.name_zh == "青石村")
        return journey.Draft(
            text="我是青石村二组的王桂芳。今天一早村小学旁边的水管爆了，水流了半条路，"
            "我们这一片都没有水，家里还有九十岁的老人。",
            title=TITLE,
            kind=self.world.kinds["water.supply.burst"],
            place=village,
            channel=Channel.PHONE,
            address="青石村小学东墙外",
            name="王桂芳",
            phone="10055501234",
            lat=village.lat,
            long=village.long,
            details={"flow": "stream", "households": 30},
        )

    def _reply(self) -> journey.Reply:
        return journey.Reply(
            facts="抢修班上午 8 点 35 分到青石村小学东墙外，关阀开挖，换了 6 米管子和一处接头，"
            "11 点 20 分恢复供水，给老人户送水 12 桶。",
            reasons="这段铸铁管用了十九年，夜里降温，接头冻裂。",
            rule="《城市供水条例》第二十七条",
            appeal_route=sayings.APPEAL_ROUTE,
            promise="把小学东墙外这段管道全部换新，埋深到 1.2 米",
            promise_due_on=self.until + timedelta(days=24),
        )
