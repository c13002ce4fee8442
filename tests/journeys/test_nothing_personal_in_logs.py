"""Names, telephones, e-mails, words, PINs, passwords and keys go in by every door; none of them comes out in a line."""

import io
import json
import logging
import re

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tests.cast import NOON, PEOPLE
from tests.journeys.people import Program
from tests.journeys.test_channels import rated_and_published, to_answered
from weimin.county.actors import IMPORT
from weimin.county.logs import Lines
from weimin.county.models import ApiToken
from weimin.county.services import issue_token
from weimin.households.models import Resident
from weimin.matters.models import Matter
from weimin.matters.tasks import run_due
from weimin.notices import tasks
from weimin.notices.carriers import files
from weimin.notices.models import Notice

WORDS = "我家停水两天了，老人孩子没法做饭，请尽快来修。"
SEEDED = {"王桂芳", "13900000001", "wang@example.com", "桥头三号", WORDS, "停水", "a wrong password", "wrong-guess"}
REACH = {
    "identity": "HANDLER",
    "name": "王桂芳",
    "phone": "13900000001",
    "email": "wang@example.com",
    "reach_by": "SMS",
}
ABOUT = {"text": WORDS, "kind": "WATER-OUT", "place": "990101101201", "address": "桥头三号", "request": "HELP"}


@pytest.fixture
def lines():
    """Everything anybody logs, as it would be written, however little it matters."""
    written = io.StringIO()
    handler, root = logging.StreamHandler(written), logging.getLogger()
    handler.setFormatter(Lines(as_json=True))
    named = [logging.getLogger(name) for name in ("django", "django.request", "django.db.backends", "axes", "weimin")]
    kept = [(one, one.level) for one in (root, *named)]
    root.addHandler(handler)
    for one, _level in kept:
        one.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    for one, level in kept:
        one.setLevel(level)


def holds(written, *more):
    """Which of the seeded words stand in the lines; and every official's name and sign-in."""
    said = written.getvalue()
    assert said.count("\n") >= 3, "nothing was written, so nothing was shown"
    for line in said.splitlines():
        json.loads(line)
    officials = {names.split(" ")[0] for names, *_rest in PEOPLE.values()}
    return sorted(word for word in SEEDED | officials | set(more) if word in said)


def pins():
    return {pin for notice in Notice.objects.all() for pin in re.findall(r"查询码 (\d{6})", notice.body)}


def test_by_the_portal_to_its_end(cast, desk, resident, passing, lines):
    phone = Client()
    phone.post("/file/", {"text": WORDS, "request": "HELP"})
    phone.post("/file/kind/", {"kind": "WATER-OUT"})
    phone.post("/file/where/", {"place": "990101101201", "address": "桥头三号"})
    phone.post("/file/reach/", REACH)
    phone.post("/file/check/", {"key": phone.get("/file/check/").context["draft"].key})
    number = Matter.objects.get().number
    Client().post("/follow/", {"number": number, "pin": "000000"})
    to_answered(desk, number, cast.offices["WATER"])
    rated_and_published(desk, resident, number)
    run_due(now=NOON)
    assert holds(lines, *pins()) == []
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    intake = [line for line in told if line.get("event") == "POST /file/check/"]
    assert [(line["matter"], line["county"], line["status"]) for line in intake] == [(number, "990101", 302)]
    accept = next(line for line in told if line.get("event", "").endswith("accept/"))
    assert (accept["matter"], accept["post"], "HANDLE" in accept["duty"]) == (number, "WATER-02", True)


def test_by_a_clerk_and_by_a_search(cast, desk, lines):
    desk("li").client.post("/desk/matters/new/", {**ABOUT, **REACH, "once": "a" * 32, "channel": "PHONE"})
    desk("li").client.get("/desk/matters/?queue=all&q=王桂芳")
    desk("li").client.post("/desk/matters/likely/", ABOUT)
    assert Matter.objects.count() == 1
    assert holds(lines) == []


def test_by_programs_with_their_keys(cast, lines):
    program = Program(cast, "li")
    made = program.post("/matters", **ABOUT, name="王桂芳", phone="13900000001")
    program.client.get("/api/v1/matters/13900000001", headers=program.headers)
    _token, key = issue_token(name="o", use=ApiToken.Use.OPEN311, post=None, duties=[], by=IMPORT, now=NOON)
    sent = {"api_key": key, "service_code": "WATER-OUT", "address_string": "桥头三号", "description": WORDS,
            "first_name": "王桂芳", "phone": "13900000001", "email": "wang@example.com"}  # fmt: skip
    Client().post("/open311/v2/requests.json", sent)
    assert Matter.objects.count() >= 1
    raw = program.headers["Authorization"].removeprefix("Bearer ")
    assert holds(lines, raw, key, raw[3:], key[3:], str(made.get("pin", "no pin"))) == []


def test_signing_in_and_guessing(cast, lines):
    for _try in range(6):
        Client().post("/accounts/login/", {"login": "wrong-guess", "password": "a wrong password"})
        Client().post("/accounts/login/", {"login": "hotline", "password": "a wrong password"})
    assert holds(lines) == []
    assert "Locking out %s" in lines.getvalue()


def test_addresses_that_somebody_made_up(cast, lines):
    Client().get("/my/王桂芳/")
    Client().get("/13900000001/?name=王桂芳")
    Client().get("/board/wang@example.com/", headers={"host": "13900000001.test"})
    assert holds(lines) == []


def test_a_page_that_breaks_with_a_persons_words_in_its_error(cast, lines, monkeypatch):
    def breaks(*_args, **_named):
        raise ValueError(f"no such person: 王桂芳, Wang Guifang, 13900000001, {WORDS}")

    monkeypatch.setattr("weimin.web.pages.home.figures.by_month", breaks)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert holds(lines, "Guifang") == []
    told = next(json.loads(line) for line in lines.getvalue().splitlines() if '"level":"error"' in line)
    assert (told["error"]["type"], told["request"]) == ("builtins.ValueError", answer.headers["X-Request-ID"])
    assert told["error"]["at"][-1].endswith(" breaks")


def test_a_row_that_the_database_refuses(cast, lines):
    def insert():
        matter = cast.matter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE matters_matter SET state = %s, title = %s WHERE id = %s", ["王桂芳", WORDS, matter.pk]
            )

    with pytest.raises(IntegrityError) as refused:
        insert()
    logging.getLogger("weimin.test").error("it failed", exc_info=refused.value)
    for number in range(2):
        logging.getLogger("weimin.test").info("line %s", number)
    assert holds(lines) == []
    assert "matter_state_is_known" in lines.getvalue()


def test_messages_that_cannot_be_sent(cast, lines, monkeypatch):
    cast.matter(name="王桂芳", phone="13900000001")
    cast.matter(name="王桂芳", phone="13900000001")

    def breaks(notice, now):
        if notice.pk % 2:
            raise OSError(28, f"No space left for {notice.address}", f"/outbox/{notice.address}.txt")
        raise RuntimeError(f"the gateway did not like {notice.address}: {notice.body}")

    monkeypatch.setattr(files, "write", breaks)
    tasks.deliver(now=NOON)
    for number in range(2):
        logging.getLogger("weimin.test").info("line %s", number)
    assert Resident.objects.exists()
    assert holds(lines, *pins()) == []


def test_what_is_not_set_up_is_said_in_words_that_are_left_standing(cast, lines):
    call_command("work", once=True)
    said = lines.getvalue()
    assert "No mail server is set up" in said and "No text message gateway is set up" in said
