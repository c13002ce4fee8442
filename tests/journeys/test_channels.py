"""A matter by each channel, from received to published, by what people and programs really send."""

import csv

import pytest
from django.core.management import call_command
from django.test import Client

from tests.cast import NOON
from tests.journeys.people import ANSWERED, SHOWN
from weimin.county.actors import IMPORT
from weimin.county.models import ApiToken
from weimin.county.services import issue_token
from weimin.ledger.models import Entry
from weimin.ledger.services import verify
from weimin.matters import queries
from weimin.matters.journey._core import content_of
from weimin.matters.models import Matter
from weimin.matters.states import Channel, State
from weimin.matters.tasks import run_due

WAY = ["RECEIVE", "CLASSIFY", "DISPATCH", "ACCEPT", "ANSWER", "RATE", "PUBLISH"]
WORDS = "我家停水两天了，老人孩子没法做饭，请尽快来修。"


def to_answered(desk, number, water):
    """Li Min at the township, then Sun at the water office."""
    desk("li").act(number, "classify", kind="WATER-OUT", place="990101101201", request="HELP")
    desk("li").act(number, "dispatch", office=water.pk)
    desk("sun").act(number, "accept")
    return desk("sun").act(number, "answer", **ANSWERED)


def rated_and_published(desk, resident, number):
    resident(number).comes_back().says("rate", resolved="YES", grade="5", words="修得快")
    return desk("publisher").act(number, "publish", **SHOWN)


def is_whole(number, channel, way=WAY):
    """The same end for every channel: on the board, told in full, counted, provable."""
    matter = Matter.objects.get(number=number)
    assert (matter.state, matter.channel, matter.owner, matter.clock) == (State.PUBLISHED, channel, None, "")
    events = list(queries.timeline(matter))
    assert [event.act for event in events] == way
    entries = Entry.objects.filter(about=f"matter:{number}").order_by("id")
    for event, entry in zip(events, entries, strict=True):
        content = content_of(event, number, entry.by)
        assert verify(content, salt=bytes(event.salt), commitment=entry.commitment)
    assert queries.tally("state:PUBLISHED", "state:RECEIVED") == {"state:PUBLISHED": 1, "state:RECEIVED": 0}
    shown = Client().get(f"/board/{number}/").content.decode()
    assert SHOWN["done"] in shown
    assert "13900000001" not in shown and "王桂芳" not in shown


def test_by_the_portal(cast, desk, resident, passing):
    phone = Client()
    phone.post("/file/", {"text": WORDS, "request": "HELP"})
    phone.post("/file/kind/", {"kind": "WATER-OUT"})
    phone.post("/file/where/", {"place": "990101101201", "address": "桥头"})
    reach = {"identity": "HANDLER", "name": "王桂芳", "phone": "13900000001", "reach_by": "SMS"}
    phone.post("/file/reach/", reach)
    phone.post("/file/check/", {"key": phone.get("/file/check/").context["draft"].key})
    number = Matter.objects.get().number
    to_answered(desk, number, cast.offices["WATER"])
    rated_and_published(desk, resident, number)
    is_whole(number, Channel.WEB)


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.COUNTER, Channel.VISIT, Channel.MEETING])
def test_by_a_clerk_who_takes_it_in(cast, desk, resident, channel):
    entry = {
        "once": "a" * 32, "channel": channel, "name": "王桂芳", "phone": "13900000001", "identity": "HANDLER",
        "text": WORDS, "request": "HELP", "kind": "WATER-OUT", "place": "990101101201", "reach_by": "PHONE",
    }  # fmt: skip
    assert desk("li").client.post("/desk/matters/new/", entry).status_code == 302
    matter = Matter.objects.get()
    assert (matter.owner.code, matter.taken_by.code) == ("QS-01", "QS-01")  # first asked, responsible
    to_answered(desk, matter.number, cast.offices["WATER"])
    rated_and_published(desk, resident, matter.number)
    is_whole(matter.number, channel)


def test_by_open311(cast, desk, resident, client):
    _token, raw = issue_token(name="邻县平台", use=ApiToken.Use.OPEN311, post=None, duties=[], by=IMPORT, now=NOON)
    said = {
        "api_key": raw, "service_code": "WATER-OUT", "description": WORDS, "address_id": "990101101201",
        "phone": "13900000001",
    }  # fmt: skip
    (made,) = client.post("/open311/v2/requests.json", said).json()
    number = made["service_request_id"]
    to_answered(desk, number, cast.offices["WATER"])
    rated_and_published(desk, resident, number)
    is_whole(number, Channel.OPEN311)
    (found,) = client.get(f"/open311/v2/requests/{number}.json").json()
    assert (found["status"], found["service_notice"]) == ("closed", SHOWN["done"])


def test_by_rest(cast, program, resident):
    li, sun, publisher = program("li"), program("sun"), program("publisher")
    said = {"text": WORDS, "kind": "WATER-OUT", "place": "990101101201", "phone": "13900000001"}
    number = li.post("/matters", key="k1", **said)["number"]
    at = f"/matters/{number}"
    assert li.post(f"{at}/classify", kind="WATER-OUT")["state"] == "CLASSIFIED"
    assert li.post(f"{at}/dispatch", office="WATER")["state"] == "DISPATCHED"
    assert sun.post(f"{at}/accept")["state"] == "HANDLED"
    assert sun.post(f"{at}/answer", **ANSWERED)["state"] == "ANSWERED"
    resident(number).comes_back().says("rate", resolved="YES", grade="5")
    assert publisher.post(f"{at}/publish", **SHOWN)["state"] == "PUBLISHED"
    is_whole(number, Channel.API)


def test_by_import_without_anybody_to_rate_it(cast, desk, passing, tmp_path):
    path = tmp_path / "old.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "what", "class", "opened"], ["7", WORDS, "停水", "2026/9/28 09:00:00"]])
    mapping = "outside_id=id,text=what,kind=class,received_at=opened"
    call_command("import_matters", str(path), "--map", mapping, "--json")
    number = Matter.objects.get(outside_id="7").number
    desk("hotline").act(number, "classify", kind="WATER-OUT", place="990101101201", request="HELP")
    desk("li").act(number, "dispatch", office=cast.offices["WATER"].pk)
    desk("sun").act(number, "accept")
    desk("sun").act(number, "answer", **ANSWERED)
    run_due(now=passing(days=16))
    assert Matter.objects.get().state == State.CLOSED
    desk("publisher").act(number, "publish", **SHOWN)
    is_whole(number, Channel.IMPORT, ["RECEIVE", "CLASSIFY", "DISPATCH", "ACCEPT", "ANSWER", "CLOSE", "PUBLISH"])
    story = queries.board().get()
    assert (story.grade, story.resolved) == (None, "")  # unrated is never satisfied
