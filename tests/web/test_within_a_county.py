"""Within one county: another township, another office, another resident. What is not theirs is not there for them.

Every address of a matter is knocked at by officials who have every duty elsewhere, and by a resident who has shown the
receipt of another matter; every one of these knocks succeeds for who it belongs to (matrix.csv).
"""

from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import resolve

from tests.cast import LONG_AGO, NOON, build
from tests.staff import enter
from tests.web.doors import PIN, World, world
from tests.web.test_matrix import METHODS, addresses, body_of, path_of, reviewed, word
from weimin.county.actors import IMPORT
from weimin.county.duties import Duty
from weimin.county.models import Account, ApiToken, Holding, Leave, Official, Post
from weimin.county.services import issue_token
from weimin.households.models import Reading
from weimin.ledger.models import Entry
from weimin.matters.models import Attachment, Event, Matter, SavedView

OF_A_MATTER = [(name, route, gaps) for name, route, gaps in addresses() if "number" in gaps]
TABLE = reviewed()
DESK = [one for one in OF_A_MATTER if one[0].startswith("matters:desk_")]
REST = [one for one in OF_A_MATTER if one[0].startswith("api:") and one[0] != "api:one_story"]
MINE = [one for one in OF_A_MATTER if one[1].startswith("my/")]
# office, place covered and duties of who knocks; all matters are in Qingshi, led by the water or the roads office
ELSEWHERE = {
    "another township": ("QINGXI", "qingxi_town", [str(duty) for duty in Duty if duty != Duty.AUDIT]),
    "another office": ("LETTERS", "county", [str(Duty.HANDLE), str(Duty.APPROVE)]),
    "looks on elsewhere": ("QINGXI", "qingxi_town", [str(Duty.AUDIT)]),
}


@dataclass
class Stranger:
    """An official with these duties elsewhere, at their desk, and a program with the key of the same post."""

    duties: set[str]
    client: Client
    key: str
    view: int


def stranger(here, name):
    office, covered, duties = ELSEWHERE[name]
    post = Post.objects.create(
        code=name.upper(), name_zh="岗位", name_en="Post", office=here.cast.offices[office], duties=duties,
        covers=here.cast.places[covered],
    )  # fmt: skip
    official = Official.objects.create(
        account=Account.objects.create_user(username=name), name_zh="何人", name_en="Somebody"
    )
    Holding.objects.create(official=official, post=post, from_on=LONG_AGO)
    _token, key = issue_token(
        name="k", use=ApiToken.Use.REST, post=post, duties=duties, by=IMPORT, now=NOON, per_minute=100_000
    )
    view = SavedView.objects.create(official=official, name="我的", query="queue=all")
    return Stranger(set(duties), enter(Client(), official), key, view.pk)


@dataclass
class Here:
    world: World
    strangers: dict[str, Stranger]

    def number(self, stage):
        return self.world.number(stage)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        made = world(build())
        yield Here(made, {name: stranger(made, name) for name in ELSEWHERE})
        transaction.set_rollback(True)


@pytest.fixture
def here(built, django_db_blocker, monkeypatch, settings):
    settings.RATE_LIMITS = False
    cache.clear()
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    with django_db_blocker.unblock(), transaction.atomic():
        yield built
        transaction.set_rollback(True)


def rows():
    return [model.objects.count() for model in (Matter, Event, Entry, Reading, Attachment)]


def knock(client, here, path, method, name, **headers):
    """The answer to what would succeed for who it belongs to; nothing may be read or written by it."""
    sent = body_of(here.world, name) if method == "POST" else {}
    before = rows()
    answer = client.generic(method, path, headers={"Idempotency-Key": "k", **headers}, **sent)
    assert rows() == before
    return word(answer)


def expected(name, path, method, duties):
    """`no` where the page itself asks for a duty they do not have, before anything is looked for; else 404."""
    if set(TABLE[name, method].values()) <= {"-", "sign-in", "key"}:
        return "-"
    asks = resolve(path).func.duty
    return "no" if isinstance(asks, tuple) and not duties & {str(duty) for duty in asks} else "none"


def ids(cases):
    return [name for name, *_rest in cases]


# --- officials and their programs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ELSEWHERE)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "route", "gaps"), DESK, ids=ids(DESK))
def test_a_matter_elsewhere_is_not_there_at_the_desk(here, name, route, gaps, method, who):
    they, path = here.strangers[who], path_of(here.world, name, route, gaps)
    assert knock(they.client, here, path, method, name) == expected(name, path, method, they.duties)


@pytest.mark.parametrize("who", ELSEWHERE)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "route", "gaps"), REST, ids=ids(REST))
def test_a_matter_elsewhere_is_not_there_for_a_program(here, name, route, gaps, method, who):
    they, path = here.strangers[who], path_of(here.world, name, route, gaps)
    told = "-" if TABLE[name, method]["HANDLE"] == "-" else "none"
    assert knock(Client(), here, path, method, name, Authorization=f"Bearer {they.key}") == told


def test_a_file_goes_with_its_own_matter_and_no_other(here):
    """The key of a file is a small number: under the number of a matter one may open, it opens nothing else."""
    sun, photo = enter(Client(), here.world.cast.officials["sun"]), here.world.photo
    own, other = here.number("HANDLED"), here.number("PAUSED")
    found = [sun.get(f"/desk/matters/{number}/files/{photo.pk}/") for number in (own, other)]
    assert b"".join(found[0].streaming_content)
    assert [word(answer) for answer in found] == ["yes", "none"]


def test_what_is_sent_cannot_reach_a_matter_elsewhere(here):
    """Merged into, given away with others, or made again for somebody known: only where one's own post reaches."""
    zhao = enter(Client(), here.world.cast.officials["zhao"])
    theirs = here.world.cast.matter(place=here.world.cast.places["qingxi"])
    other = here.number("HANDLED")
    before = rows()
    merged = zhao.post(f"/desk/matters/{theirs.number}/merge/", {"version": 1, "main": other, "reason": "同"})
    given = zhao.post("/desk/matters/dispatch-many/", {"office": here.world.cast.offices["WATER"].pk, "number": other})
    ruled = zhao.post("/desk/matters/dispatch-by-rule/", {"number": other})
    assert [word(answer) for answer in (merged, given, ruled)] == ["422", "none", "none"]
    assert Matter.objects.get(number=theirs.number).state == "RECEIVED"
    assert rows()[:3] == before[:3]


def test_somebody_known_elsewhere_is_not_taken_from_a_search_box(here):
    """The box keeps the key of a resident: a key that was never offered names nobody."""
    zhao = enter(Client(), here.world.cast.officials["zhao"])
    wang = here.world.matters["HANDLED"].resident
    sent = {"once": "x", "channel": "PHONE", "identity": "HANDLER", "request": "HELP", "reach_by": "PHONE",
            "text": "路灯不亮", "kind": "WATER-OUT", "place": "990101102201", "phone": "13700000000",
            "resident": wang.pk}  # fmt: skip
    assert zhao.post("/desk/matters/new/", sent).status_code == 302
    assert Matter.objects.order_by("pk").last().resident_id != wang.pk
    assert wang.readings.count() == 0


def test_a_view_and_a_leave_are_their_owners(here):
    sun = here.world.cast.officials["sun"]
    leave = Leave.objects.create(official=sun, from_on="2026-11-02", to_on="2026-11-03")
    view = SavedView.objects.create(official=sun, name="停水", query="queue=all")
    they = here.strangers["another township"].client
    assert word(they.post(f"/desk/matters/views/{view.pk}/drop/")) == "yes"  # dropped is what is not there
    assert word(they.post(f"/desk/settings/my-leave/{leave.pk}/cancel/")) == "none"
    other = here.world.cast.officials["li"].pk
    assert word(they.post(f"/desk/settings/officials/{other}/leave/{leave.pk}/cancel/")) == "none"
    assert (SavedView.objects.filter(pk=view.pk).exists(), Leave.objects.filter(pk=leave.pk).exists()) == (True, True)


def test_open311_adds_words_only_to_what_came_by_it(here):
    _token, key = issue_token(name="邻县", use="OPEN311", post=None, duties=[], by=IMPORT, now=NOON)
    before = rows()
    sent = {"api_key": key, "service_request_id": here.number("HANDLED"), "description": "又停了"}
    assert word(Client().post("/open311/v2/servicerequestupdates.json", sent)) == "none"
    assert rows() == before


# --- residents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "route", "gaps"), MINE, ids=ids(MINE))
def test_the_receipt_of_one_matter_opens_no_other(here, name, route, gaps, method):
    client, other = Client(), here.number("CLASSIFIED")
    assert client.post("/follow/", {"number": other, "pin": PIN}).url == f"/my/{other}/"
    told = "-" if TABLE[name, method]["resident"] == "-" else "none" if name == "matters:attachment" else "receipt"
    assert knock(client, here, path_of(here.world, name, route, gaps), method, name) == told


def test_a_photo_of_another_is_not_there_under_ones_own_number(here):
    client, other, photo = Client(), here.number("CLASSIFIED"), here.world.photo
    client.post("/follow/", {"number": other, "pin": PIN})
    assert word(client.get(f"/my/{other}/files/{photo.pk}/")) == "none"
    assert word(client.get(f"/file/photo/{photo.sha256}/")) == "none"


@pytest.mark.parametrize("pin", ["123457", "", "000000"])
def test_the_pin_of_one_matter_opens_no_other(here, pin):
    client, number = Client(), here.number("HANDLED")
    answer = client.post("/follow/", {"number": number, "pin": pin})
    assert answer.status_code == 200
    assert word(client.get(f"/my/{number}/")) == "receipt"
