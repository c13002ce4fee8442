"""Outside clients against a running server: `georeport` from PyPI reads, a client of the standard library hands in."""

import pytest
import requests
from georeport import GeoReport

from tests.cast import NOON
from tests.peers.client import Open311, Refusal
from weimin.catalogue.models import Question
from weimin.county.actors import IMPORT
from weimin.county.models import ApiToken
from weimin.county.services import issue_token
from weimin.matters.models import Matter
from weimin.matters.states import Channel, State

pytestmark = pytest.mark.peer


@pytest.fixture
def root(live_server, cast, monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    Question.objects.create(
        kind=cast.kinds["WATER-OUT"], code="homes", text_zh="停了几户", text_en="How many homes", datatype="number",
        required=True,
    )  # fmt: skip
    return f"{live_server.url}/open311/v2"


@pytest.fixture
def key(cast):
    _token, raw = issue_token(name="邻县平台", use=ApiToken.Use.OPEN311, post=None, duties=[], by=IMPORT, now=NOON)
    return raw


@pytest.mark.parametrize("fmt", ["json", "xml"])
def test_georeport_discovers_lists_and_looks_up(root, cast, fmt):
    first, second = cast.matter(), cast.matter(State.PUBLISHED)
    peer = GeoReport(root, output_format=fmt)
    assert {row["service_code"] for row in peer.get_service_list()} == {"WATER-OUT", "ROADS-HOLE"}
    assert peer.get_service_definition("WATER-OUT")["service_code"] == "WATER-OUT"
    assert {row["service_request_id"] for row in peer.get_service_requests()} == {first.number, second.number}
    closed = peer.get_service_requests(status="closed")
    closed = closed if isinstance(closed, list) else [closed]  # xmltodict gives one child without a list
    assert [row["service_request_id"] for row in closed] == [second.number]
    assert peer.get_service_request(first.number)["status"] == "open"


def test_georeport_hears_of_an_unknown_jurisdiction(root, cast):
    with pytest.raises(requests.HTTPError) as refused:
        GeoReport(root, jurisdiction="elsewhere.example").get_service_list()
    assert refused.value.response.status_code == 404


@pytest.mark.parametrize("fmt", ["json", "xml"])
def test_an_independent_client_goes_the_whole_way(root, key, fmt):
    peer = Open311(root, api_key=key, fmt=fmt)
    (service,) = [row for row in peer.services() if row["service_code"] == "WATER-OUT"]
    assert str(service["metadata"]).lower() == "true"
    (asked,) = peer.attributes("WATER-OUT")
    assert asked["code"] == "homes"
    made = peer.hand_in(
        service_code="WATER-OUT", description="停水两天", address_id="990101101201", **{"attribute[homes]": "12"}
    )
    matter = Matter.objects.get(number=made["service_request_id"])
    assert (matter.channel, matter.details, matter.place_code) == (Channel.OPEN311, {"homes": "12"}, "990101101201")
    found = peer.look_up(matter.number)
    assert (found["status"], found["description"], found["address"]) == ("open", "", "青石村")


@pytest.mark.parametrize("fmt", ["json", "xml"])
def test_a_token_leads_to_the_number(root, key, fmt):
    peer = Open311(root, api_key=key, fmt=fmt)
    made = peer.hand_in(service_code="ROADS-HOLE", description="路面有坑", lat="34.2", long="107.5", response="token")
    assert "service_request_id" not in made
    assert peer.number_of(made["token"]) == Matter.objects.get().number


@pytest.mark.parametrize("fmt", ["json", "xml"])
def test_every_missing_answer_is_told_in_one_array(root, key, fmt):
    peer = Open311(root, api_key=key, fmt=fmt)
    with pytest.raises(Refusal) as refusal:
        peer.hand_in(service_code="WATER-OUT", description="停水", address_string="村东头")
    assert refusal.value.status == 400
    assert [int(error["code"]) for error in refusal.value.errors] == [400]
    assert Matter.objects.count() == 0


def test_a_wrong_key_is_a_403(root):
    with pytest.raises(Refusal) as refusal:
        Open311(root, api_key="wrong", fmt="json").hand_in(service_code="ROADS-HOLE", address_string="村口")
    assert refusal.value.status == 403
