"""Two counties of this house speak to each other as strangers would: ours here, the neighbour in a second process."""

import json
import subprocess
import sys
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.peers.client import Open311
from weimin.kernel import clock
from weimin.matters import journey
from weimin.matters.models import Event, Matter, Referral
from weimin.matters.services import add_partner, map_code
from weimin.matters.tasks import exchange

pytestmark = pytest.mark.peer


class Neighbour:
    def __init__(self, process):
        self.process = process
        self.__dict__ |= json.loads(process.stdout.readline())

    def told(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"


@pytest.fixture(scope="module")
def neighbour():
    command = [sys.executable, str(Path(__file__).with_name("neighbour.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Neighbour(process)
        process.stdin.close()
        process.wait(20)


@pytest.fixture(params=["xml", "json"])
def partner(request, cast, neighbour, settings):
    settings.INSIDE_NETWORKS = (ip_network("127.0.0.0/8"),)
    now = clock.now()
    made = add_partner(
        name="邻县", url=neighbour.url, jurisdiction="990101", api_key=neighbour.key, format=request.param, sends=True,
        takes=True, kind=cast.kinds["WATER-OUT"], place=cast.places["county"], by=cast.keeper, now=now,
    )  # fmt: skip
    kind = cast.kinds["ROADS-HOLE"]
    map_code(made, service_code="ROADS-HOLE", kind=kind, place=None, by_itself=False, by=cast.keeper, now=now)
    return made


def words(matter):
    return list(Event.objects.filter(matter=matter).order_by("pk").values_list("words", flat=True))


def soon():
    """Times travel to the second: the next one is surely past whatever has happened."""
    return clock.now() + timedelta(seconds=2)


def test_a_matter_goes_to_the_neighbour_and_what_becomes_of_it_comes_back(cast, neighbour, partner):
    matter = cast.matter(kind=cast.kinds["ROADS-HOLE"], now=clock.now())
    journey.forward_matter(
        matter, partner=partner, service_code="ROADS-HOLE", words="桥上有坑。", by=cast.li, now=clock.now()
    )
    assert exchange(now=soon())["sent"] == 1
    referral = Referral.objects.get(matter=matter)
    there = Open311(neighbour.url, api_key=neighbour.key, fmt="json").look_up(referral.foreign_id)
    assert (there["service_code"], there["status"]) == ("ROADS-HOLE", "open")
    assert words(matter)[-1] == f"邻县：已收下，对方编号 {referral.foreign_id}。"
    neighbour.told(f"start {referral.foreign_id}")
    neighbour.told(f"end {referral.foreign_id}")
    for _round in range(2):
        assert exchange(now=soon())["away"] == 0
    assert words(matter)[-2:] == ["邻县：办理中。分类", "邻县：已办结。撤回"]
    referral.refresh_from_db()
    assert referral.closed


def test_what_the_neighbours_residents_say_becomes_a_matter_here_once(cast, neighbour, partner):
    peer = Open311(neighbour.url, api_key=neighbour.key, fmt="xml")
    made = peer.hand_in(service_code="ROADS-HOLE", description="路面有坑", address_id="990101101202")
    for _round in range(2):
        exchange(now=soon())
    taken = Referral.objects.select_related("matter__kind", "matter__place").get(foreign_id=made["service_request_id"])
    matter = taken.matter
    assert (matter.kind.code, matter.place.name_zh, matter.outside_id) == (
        "ROADS-HOLE", "大湾村", f"p{partner.pk}:{taken.foreign_id}",
    )  # fmt: skip
    assert Matter.objects.filter(outside_id=matter.outside_id).count() == 1
    assert matter.text == matter.kind.name_zh  # its resident's words are nobody's but the neighbour's until published
