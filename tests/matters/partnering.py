"""Another city beside the small county, known to it as a partner."""

from datetime import timedelta
from ipaddress import ip_network

import pytest

from tests.cast import NOON
from tests.peers import city as cities
from weimin.kernel.refusal import Refused
from weimin.matters import journey
from weimin.matters.models import Event, Referral
from weimin.matters.services import add_partner, map_code

MINUTE = timedelta(minutes=1)
WORDS = "大湾桥接缝处有坑，桥归清河市管。"
Stage = Referral.Stage


@pytest.fixture
def city(settings):
    settings.INSIDE_NETWORKS = (ip_network("127.0.0.0/8"),)
    settings.CARRIER_SECONDS = 2
    with cities.running(lambda: NOON) as there:
        yield there


@pytest.fixture(params=["xml", "json"])
def partner(request, cast, city):
    made = add_partner(
        name="清河市", url=f"{city.url}/", jurisdiction=cities.JURISDICTION, api_key=cities.KEY, format=request.param,
        sends=True, takes=True, kind=cast.kinds["WATER-OUT"], place=cast.places["county"], by=cast.keeper, now=NOON,
    )  # fmt: skip
    map_code(
        made,
        service_code="POTHOLE",
        kind=cast.kinds["ROADS-HOLE"],
        place=None,
        by_itself=False,
        by=cast.keeper,
        now=NOON,
    )
    return made


def forward(cast, partner, matter=None, *, by=None, code="POTHOLE", words=WORDS):
    matter = matter or cast.matter(kind=cast.kinds["ROADS-HOLE"])
    return journey.forward_matter(matter, partner=partner, service_code=code, words=words, by=by or cast.li, now=NOON)


def referral():
    return Referral.objects.select_related("matter").get()


def line(matter):
    """The last thing on the timeline."""
    return Event.objects.filter(matter=matter).order_by("-pk").first().words


def refused(act):
    with pytest.raises(Refused) as no:
        act()
    return no.value.code
