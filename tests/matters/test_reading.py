"""Reading by REST: what it costs, and that names come right from the copies they are read from."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON
from weimin.county.actors import IMPORT
from weimin.county.models import ApiToken, Post
from weimin.county.services import issue_token
from weimin.kernel.kept import forget_all
from weimin.matters.models import Matter
from weimin.matters.states import State

ROOT = "/api/v1/matters"
FRAMES = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET LOCAL ROLE")
KEY = "county_apitoken"  # the question about the key: on PostgreSQL it is prepared, and told here without words


@pytest.fixture
def li(cast, client, monkeypatch):
    """Reads as the clerk of Qingshi; however slow the machine, a copy once read does not grow old."""
    monkeypatch.setattr("weimin.kernel.kept.monotonic", lambda: 0.0)
    post = cast.posts["QS-01"]
    _token, raw = issue_token(name="li", use=ApiToken.Use.REST, post=post, duties=post.duties, by=IMPORT, now=NOON)
    return lambda path="": client.get(f"{ROOT}{path}", headers={"Authorization": f"Bearer {raw}"}).json()


def statements(ask):
    """What is asked beside the question about the key."""
    ask()  # the copies are read
    with CaptureQueriesContext(connection) as asked:
        ask()
    told = [one["sql"] or KEY for one in asked]
    return [sql for sql in told if not sql.startswith(FRAMES) and KEY not in sql]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_one_statement_without_a_table_of_names(cast, li, rows):
    for _n in range(rows):
        cast.matter(State.HANDLED)
    (listed,) = statements(li)
    assert all(table not in listed for table in ("catalogue_kind", "county_post", "county_office", "county_place"))


def test_a_matter_with_its_timeline_costs_four_statements(cast, li):
    number = cast.matter(State.HANDLED).number
    asked = statements(lambda: li(f"/{number}"))
    assert [re.findall(r'(?:FROM|INTO) "?(\w+)"?', sql)[-1] for sql in asked] == [
        "matters_matter", "households_reading", "matters_event", "matters_attachment",
    ]  # fmt: skip


def test_what_is_retired_keeps_its_name(cast, li):
    matter = cast.matter(State.HANDLED)
    for thing in (matter.kind, matter.lead, matter.owner):
        type(thing).objects.filter(pk=thing.pk).update(retired_on=date(2026, 9, 1))
    forget_all()
    (row,) = li()["items"]
    assert (row["kind"], row["lead"], row["owner"]) == ("WATER-OUT", "WATER", "WATER-02")


def test_a_post_added_by_another_process_is_named_at_once(cast, li):
    matter = cast.matter(State.RECEIVED)
    assert li()["items"][0]["owner"] == "QS-01"
    new = Post.objects.create(
        code="QS-09", name_zh="新岗", name_en="New", office=cast.offices["QINGSHI"], covers=cast.places["qingshi_town"]
    )
    Matter.objects.filter(pk=matter.pk).update_by_verb(owner=new)
    assert li()["items"][0]["owner"] == "QS-09"


def test_a_place_holds_what_lies_in_it_and_nothing_beside_it(cast, li):
    for place in ("group", "qingshi", "dawan", "qingxi"):
        cast.matter(place=cast.places[place])
    found = {code: [row["place"] for row in li(f"?place={code}")["items"]] for code in ("990101101", "990101101201")}
    assert found == {
        "990101101": ["990101101202", "990101101201", "99010110120101"],
        "990101101201": ["990101101201", "99010110120101"],
    }


@pytest.mark.parametrize("asked", ["kind=NOTHING", "office=NOBODY"])
def test_a_code_nobody_knows_finds_nothing(cast, li, asked):
    cast.matter(State.HANDLED)
    assert li(f"?{asked}")["items"] == []
