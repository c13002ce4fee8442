"""Real messages in a fresh county: its taxonomy as kinds, dispatched by the catalogue's rules, two to the board.

The county is the sample's, founded from its tables and without its matters. Of the file the first 300 rows are taken.
What was imported names nobody: its resident cannot rate, the clock closes it unrated, and so it is published. The same
words sent by a resident on the portal are rated and published.
"""

import csv
import gzip
import json
import os
from itertools import islice
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from tests.cast import LONG_AGO
from tests.journeys.people import ANSWERED, Desk, Resident
from weimin.catalogue.models import Kind
from weimin.county.actors import IMPORT
from weimin.county.models import Post
from weimin.county.plans import read_plan
from weimin.county.queries import holder_of
from weimin.county.services import create_account, found_county
from weimin.ledger.models import Entry
from weimin.matters import queries
from weimin.matters.models import Matter, Rating
from weimin.matters.states import State
from weimin.matters.tasks import run_due
from weimin.web.sample.builder import DATA

pytestmark = [pytest.mark.data, pytest.mark.django_db]

TAKEN = 300
DATED = 102  # the others name no day and are taken as of today
MAPPING = "outside_id=row_no,text=留言主题+留言详情,title=留言主题,kind=一级标签,received_at=留言时间"
# The taxonomy's first level, and the second where another office leads.
LEADS = {
    "城乡建设": "ZJJ", "城乡建设/安全生产": "YJJ", "城乡建设/城市建设和市政管理": "CGJ", "环境保护": "HBJ",
    "交通运输": "JTJ", "教育文体": "JYJ", "教育文体/体育": "WLJ", "劳动和社会保障": "RSJ", "卫生计生": "WJJ",
    "卫生计生/食品药品监管": "SCJ", "商贸旅游": "SCJ", "商贸旅游/旅游管理": "WLJ",
}  # fmt: skip
PUBLIC = {"title": "群众反映的一件事", "asked": "一位群众反映了情况。", "done": "已经核实并办理。"}


@pytest.fixture
def fresh(passing, tmp_path, capsys):
    """The sample's order and no matters; kinds, messages and routes as an operator would load them."""
    now = passing()
    call_command("seed_calendar")
    found_county(read_plan(DATA), from_on=LONG_AGO, by=IMPORT, now=now)
    call_command("seed_catalogue")
    messages = Path(os.environ["WEIMIN_DATA"]) / "messages"
    call_command("import_kinds", str(messages / "taxonomy.csv.gz"), "--columns", "一级分类,二级分类,三级分类")
    routes = tmp_path / "routes.csv"
    with routes.open("w", encoding="utf-8-sig", newline="") as file:
        rows = [[kind, office, "县政府职责清单"] for kind, office in LEADS.items()]
        csv.writer(file).writerows([["kind", "lead", "source"], *rows])
    return messages, routes


@pytest.fixture
def told(capsys):
    """What a command says it did."""

    def run(*words):
        capsys.readouterr()
        call_command(*map(str, words), "--json")
        return json.loads(capsys.readouterr().out)

    return run


def first_rows(source, path):
    with gzip.open(source, "rt", encoding="utf-8-sig", newline="") as given, path.open("w", newline="") as taken:
        csv.writer(taken).writerows(islice(csv.reader(given), TAKEN + 1))
    return path


def seat(code, now):
    """Whoever holds this post, signed in."""
    official = holder_of(Post.objects.get(code=code), now=now)
    name = code.lower().replace("-", "")
    create_account(official, username=name, password="a long word for " + name, by=IMPORT, now=now)
    return Desk(official)


def answered_by_its_office(number, now):
    handler = seat(f"{Matter.objects.get(number=number).lead.code}-2", now)
    handler.act(number, "accept")
    handler.act(number, "contact", at=f"{now:%Y-%m-%dT%H:%M}", channel="PHONE", outcome="NO_ANSWER", words="无人接听。")
    return handler.act(number, "answer", **ANSWERED)


def on_the_board(number):
    shown = Client().get(f"/board/{number}/").content.decode()
    assert PUBLIC["done"] in shown
    assert Matter.objects.get(number=number).text[:30] not in shown


def test_real_messages_go_to_the_offices_and_two_of_them_to_the_board(fresh, told, tmp_path, passing):
    messages, routes = fresh
    path = first_rows(messages / "labelled.csv.gz", tmp_path / "labelled.csv")
    figures = told("import_matters", path, "--map", MAPPING)
    assert figures == {"rows": TAKEN, "imported": TAKEN, "already_here": 0, "rejected": 0, "late": DATED}
    before = told("dispatch_by_rule", "--post", "RX-12", "--dry-run")
    assert (before["without_rule"], before["dispatched"]) == (TAKEN, 0)
    assert told("import_routes", routes)["set"] == len(LEADS)
    assert told("dispatch_by_rule", "--post", "RX-12")["dispatched"] == TAKEN
    assert queries.tally("state:RECEIVED", "state:CLASSIFIED", "state:DISPATCHED") == {
        "state:RECEIVED": 0, "state:CLASSIFIED": 0, "state:DISPATCHED": TAKEN,
    }  # fmt: skip
    assert Entry.objects.filter(what="matter.dispatch").count() == TAKEN

    now = passing(hours=1)
    imported = Matter.objects.filter(clock_due_at__gt=now).order_by("pk").first()
    assert answered_by_its_office(imported.number, now).state == State.ANSWERED
    run_due(now=passing(days=20))
    assert Matter.objects.get(pk=imported.pk).state == State.CLOSED
    assert not Rating.objects.filter(matter=imported).exists()
    publisher = seat("XZF-31", now)
    publisher.act(imported.number, "publish", **PUBLIC)
    on_the_board(imported.number)


def test_the_same_words_of_a_resident_are_rated_and_published(fresh, told, tmp_path, passing):
    messages, routes = fresh
    told("import_routes", routes)
    with gzip.open(messages / "labelled.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        row = next(row for row in csv.DictReader(file) if 40 <= len(row["留言详情"]) <= 400)
    text = f"{row['留言主题']}\n{row['留言详情']}".strip()
    phone = Client()
    phone.post("/file/", {"text": text, "request": "COMPLAINT"})
    phone.post("/file/kind/", {"kind": Kind.objects.get(name_zh=row["一级标签"], depth=1).code})
    phone.post("/file/where/", {"place": "990101101201"})
    phone.post("/file/reach/", {"identity": "HANDLER", "name": "王桂芳", "phone": "13900000001", "reach_by": "SMS"})
    phone.post("/file/check/", {"key": phone.get("/file/check/").context["draft"].key})
    matter = Matter.objects.get()

    now = passing(hours=1)
    clerk = seat("RX-12", now)
    clerk.client.post("/desk/matters/dispatch-by-rule/", {"number": [matter.number], "query": ""})
    assert answered_by_its_office(matter.number, now).state == State.ANSWERED
    Resident(matter.number).comes_back().says("rate", resolved="PARTLY", grade="4", words="说清楚了")
    seat("XZF-31", now).act(matter.number, "publish", **PUBLIC)
    on_the_board(matter.number)
    assert [event.act for event in queries.timeline(matter)] == [
        "RECEIVE", "CLASSIFY", "DISPATCH", "ACCEPT", "CONTACT", "ANSWER", "RATE", "PUBLISH",
    ]  # fmt: skip
