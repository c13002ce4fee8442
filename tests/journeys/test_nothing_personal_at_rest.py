"""Names, telephones, e-mails and PINs go in by every door; whoever steals the database finds none of them in it."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from tests.cast import NOON
from tests.journeys.people import Program
from tests.matters.writing import letter
from weimin.matters.letters.reading import read
from weimin.matters.letters.taking import take_letter
from weimin.matters.models import Matter
from weimin.matters.pages.portal.once import first_answer
from weimin.notices.models import Notice
from weimin.web.backup.snapshot import run_tool

pytestmark = pytest.mark.django_db(transaction=True)  # what was committed

SEEDED = {"王桂芳", "wangguifang", "13900000001", "wang@example.com", "桥头三号院", "李秀英", "li@home.example"}
REACH = {
    "identity": "HANDLER",
    "name": "王桂芳",
    "phone": "13900000001",
    "email": "wang@example.com",
    "reach_by": "SMS",
}


def everything_at_rest():
    """The bytes of the database file and its log, or a whole dump."""
    if connection.vendor == "postgresql":
        return run_tool("pg_dump", "--format=plain").encode()
    path = Path(connection.settings_dict["NAME"])
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


def found(*more):
    at_rest = everything_at_rest()
    assert Matter.objects.first().number.encode() in at_rest, "the county was not looked at"
    return sorted(word for word in SEEDED | set(more) if word.encode() in at_rest)


def test_what_residents_leave_is_not_found_in_the_database(cast):
    phone = Client()
    phone.post("/file/", {"text": "停水两天了。", "request": "HELP"})
    phone.post("/file/kind/", {"kind": "WATER-OUT"})
    phone.post("/file/where/", {"place": "990101101201", "address": "村口"})
    phone.post("/file/reach/", REACH)
    key = phone.get("/file/check/").context["draft"].key
    phone.post("/file/check/", {"key": key})
    _number, pin = first_answer(key)
    answered = Program(cast, "li").post(
        "/matters", text="路灯坏了。", kind="WATER-OUT", place="990101101201", name="李秀英", phone="13900000001",
        contact_address="桥头三号院",
    )  # fmt: skip
    fallen = read(letter("井盖没了。", sender="li@home.example", subject="井盖"))
    take_letter(fallen, kind=cast.kinds["WATER-OUT"], ours={"office@county.example"}, now=NOON)
    assert Matter.objects.count() == 3
    assert {one.resident.name for one in Matter.objects.all()} >= {"王桂芳", "李秀英"}
    bodies = [notice.body for notice in Notice.objects.all()]
    assert len(bodies) == 3
    pins = f'"pin": "{pin}"', f'"pin":"{answered["pin"]}"'
    assert found(*bodies, *pins) == []
