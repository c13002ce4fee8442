"""GeoReport v2 as the frozen text has it."""

import pytest
from lxml import etree

from tests.cast import NOON
from weimin.catalogue.models import Question
from weimin.county.actors import IMPORT
from weimin.county.models import ApiToken
from weimin.county.services import issue_token, revoke_token
from weimin.matters.models import Matter
from weimin.matters.states import Channel, State

ROOT = "/open311/v2"


@pytest.fixture
def key(cast):
    _token, raw = issue_token(name="邻县平台", use=ApiToken.Use.OPEN311, post=None, duties=[], by=IMPORT, now=NOON)
    return raw


def words(key, **more):
    return {"api_key": key, "service_code": "WATER-OUT", "description": "停水两天", "address_string": "村东头"} | more


def error_of(answer):
    top = etree.fromstring(answer.content)
    assert top.tag == "errors"
    return [(error.findtext("code"), error.findtext("description")) for error in top]


def test_services_in_xml_have_a_declaration_and_the_named_fields(cast, client):
    answer = client.get(f"{ROOT}/services.xml")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml")
    rows = {row.findtext("service_code"): row for row in etree.fromstring(answer.content)}
    assert set(rows) == {"WATER-OUT", "ROADS-HOLE"}
    fields = ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]
    assert [child.tag for child in rows["WATER-OUT"]] == fields
    assert rows["WATER-OUT"].findtext("metadata") == "false"


def test_a_matter_goes_in_and_is_found_again_in_json(cast, key, client):
    answer = client.post(f"{ROOT}/requests.json", words(key))
    assert answer.status_code == 200
    (made,) = answer.json()
    matter = Matter.objects.get(number=made["service_request_id"])
    assert (matter.channel, matter.text, matter.state) == (Channel.OPEN311, "停水两天", State.RECEIVED)
    (found,) = client.get(f"{ROOT}/requests/{matter.number}.json").json()
    assert (found["status"], found["description"], found["service_code"]) == ("open", "", "WATER-OUT")
    assert found["requested_datetime"].endswith("+08:00")


def test_words_are_public_only_after_publication(cast, client):
    matter = cast.matter(State.PUBLISHED)
    (found,) = client.get(f"{ROOT}/requests/{matter.number}.json").json()
    assert (found["description"], found["service_notice"], found["status"]) == ("反映停水两天。", "已修好。", "closed")


def test_a_token_is_exchanged_for_the_number(cast, key, client):
    (made,) = client.post(f"{ROOT}/requests.json", words(key, response="token")).json()
    assert "service_request_id" not in made
    (found,) = client.get(f"{ROOT}/tokens/{made['token']}.json").json()
    assert Matter.objects.filter(number=found["service_request_id"]).count() == 1
    assert client.get(f"{ROOT}/tokens/{made['token']}x.xml").status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "wrong"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "NOTHING"}, 404),
        ({"address_string": ""}, 400),
        ({"lat": "34.2"}, 400),
        ({"lat": "abc", "long": "107"}, 400),
        ({"lat": "134", "long": "107"}, 400),
        ({"lat": "NaN", "long": "107"}, 400),
        ({"address_id": "999"}, 404),
        ({"description": "字" * 4001}, 400),
        ({"description": "a\x00b"}, 400),
        ({"jurisdiction_id": "elsewhere"}, 404),
    ],
)
def test_what_cannot_be_taken_is_told_and_changes_nothing(cast, key, client, change, status):
    answer = client.post(f"{ROOT}/requests.xml", words(key) | change)
    assert answer.status_code == status
    ((code, description),) = error_of(answer)
    assert (code, description != "") == (str(status), True)
    assert Matter.objects.count() == 0


def test_a_revoked_key_opens_nothing(cast, key, client):
    revoke_token(ApiToken.objects.get(), by=IMPORT, now=NOON)
    assert client.post(f"{ROOT}/requests.xml", words(key)).status_code == 403


def test_all_missing_attributes_are_told_at_once(cast, key, client):
    for code in ("since", "homes"):
        Question.objects.create(
            kind=cast.kinds["WATER-OUT"], code=code, text_zh=code, text_en=code, datatype="string", required=True
        )
    answer = client.post(f"{ROOT}/requests.xml", words(key))
    assert (answer.status_code, len(error_of(answer))) == (400, 2)
    full = {"attribute[since]": "昨天", "attribute[homes]": "12"}
    made = client.post(f"{ROOT}/requests.xml", words(key) | full)
    number = etree.fromstring(made.content).findtext("request/service_request_id")
    assert Matter.objects.get(number=number).details == {"since": "昨天", "homes": "12"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 0),
        ("start_date=2026-09-28T00:00:00%2B08:00", 1),
        ("start_date=2026-09-28T00:00:00Z&status=closed", 0),
        ("start_date=2026-09-28T00:00:00Z&service_code=ROADS-HOLE", 0),
        ("end_date=2026-09-30T00:00:00Z&page=1&page_size=1", 1),
        ("end_date=2026-09-30T00:00:00Z&page=2&page_size=1", 0),
    ],
)
def test_lists_are_filtered(cast, client, monkeypatch, query, expected):
    cast.matter()
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON.replace(year=2027))
    assert len(client.get(f"{ROOT}/requests.json?{query}").json()) == expected


@pytest.mark.parametrize("query", ["start_date=yesterday", "start_date=2026-09-28T00:00:00", "status=asleep", "page=0"])
def test_wrong_filters_are_told(cast, client, query):
    answer = client.get(f"{ROOT}/requests.json?{query}")
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 400)


def test_discovery_names_the_endpoint(cast, client):
    found = client.get(f"{ROOT}/discovery.json").json()
    assert found["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert etree.fromstring(client.get(f"{ROOT}/discovery.xml").content).tag == "discovery"


def test_updates_are_listed_and_added(cast, key, client, monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    (made,) = client.post(f"{ROOT}/requests.json", words(key)).json()
    number = made["service_request_id"]
    new = {"api_key": key, "service_request_id": number, "description": "又停了"}
    assert client.post(f"{ROOT}/servicerequestupdates.xml", new).status_code == 200
    (row,) = client.get(f"{ROOT}/servicerequestupdates.json").json()
    assert (row["service_request_id"], row["status"], row["description"]) == (number, "OPEN", "补充")
