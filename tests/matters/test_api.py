"""REST v1: keys, keys that answer once, versions, and a matter worked from received to published."""

import json
from uuid import uuid4

import pytest

from tests.cast import NOON
from weimin.county.actors import IMPORT
from weimin.county.models import ApiToken
from weimin.county.services import issue_token
from weimin.households.models import Reading
from weimin.ledger.models import Entry
from weimin.matters.models import Matter
from weimin.matters.states import State

ROOT = "/api/v1"
NEW = {"text": "路灯不亮，晚上老人不敢出门。", "kind": "ROADS-HOLE", "place": "990101101201", "phone": "13900000001"}


@pytest.fixture
def as_post(cast, client):
    """`as_post("sun").post(path, body, key)` sends with the key of that post."""

    def bearer(name):
        official = cast.officials[name]
        post = cast.acting(name, NOON).posts[0]
        _token, raw = issue_token(
            name=official.name_en, use=ApiToken.Use.REST, post=post, duties=post.duties, by=IMPORT, now=NOON
        )
        return Sender(client, raw)

    return bearer


class Sender:
    def __init__(self, client, raw):
        self.client, self.headers = client, {"Authorization": f"Bearer {raw}"}

    def get(self, path, **headers):
        return self.client.get(ROOT + path, headers=self.headers | headers)

    def post(self, path, body=None, **headers):
        """Under a key of its own, unless one is named; `Idempotency_Key=None` sends none."""
        given = {"Idempotency_Key": uuid4().hex} | headers
        named = {name.replace("_", "-"): value for name, value in given.items() if value is not None}
        return self.client.post(
            ROOT + path, json.dumps(body or {}), content_type="application/json", headers=self.headers | named
        )


def problem(answer):
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["detail"] != ""
    return answer.status_code, body["code"]


def test_a_matter_is_worked_to_published_by_keys_alone(cast, as_post):
    li, sun = as_post("li"), as_post("sun")
    made = li.post("/matters", NEW, Idempotency_Key="k1").json()
    at = f"/matters/{made['number']}"
    steps = [
        (li, "classify", {"kind": "WATER-OUT"}, "CLASSIFIED"),
        (li, "dispatch", {"office": "WATER"}, "DISPATCHED"),
        (sun, "accept", None, "HANDLED"),
        (sun, "answer", {"facts": "修好了", "reasons": "老化", "rule": "条例", "appeal_route": "信访局"}, "ANSWERED"),
    ]
    for who, verb, body, state in steps:
        answer = who.post(f"{at}/{verb}", body)
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert Entry.objects.filter(about=f"matter:{made['number']}").count() == 5


def test_a_repeat_gets_the_first_answer_byte_for_byte(cast, as_post):
    li = as_post("li")
    first = li.post("/matters", NEW, Idempotency_Key="k1")
    again = li.post("/matters", NEW, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["Location"]) == (first.content, first["Location"])
    assert Matter.objects.count() == 1


def test_a_creating_request_needs_a_key_of_its_own(cast, as_post):
    li = as_post("li")
    assert problem(li.post("/matters", NEW, Idempotency_Key=None)) == (400, "KEY_MISSING")
    li.post("/matters", NEW, Idempotency_Key="k1")
    other = li.post("/matters", NEW | {"text": "别的事"}, Idempotency_Key="k1")
    assert problem(other) == (422, "KEY_REUSED")
    assert Matter.objects.count() == 1


def test_a_key_in_progress_is_told(cast, as_post, monkeypatch):
    li = as_post("li")
    token = ApiToken.objects.get()
    name = ("990101", f"rest:{token.pk}:{ROOT}/matters", "k1")
    monkeypatch.setattr("weimin.county.idempotency._busy", {name})
    assert problem(li.post("/matters", NEW, Idempotency_Key="k1")) == (409, "IN_PROGRESS")


def test_a_refused_request_keeps_nothing_and_the_key_may_be_used_again(cast, as_post):
    li = as_post("li")
    assert problem(li.post("/matters", NEW | {"kind": "NONE"}, Idempotency_Key="k1")) == (422, "UNKNOWN_KIND")
    assert li.post("/matters", NEW, Idempotency_Key="k1").status_code == 201


def test_an_old_version_is_refused(cast, as_post):
    matter = cast.matter(State.DISPATCHED)
    sun = as_post("sun")
    etag = sun.get(f"/matters/{matter.number}")["ETag"]
    assert sun.post(f"/matters/{matter.number}/note", {"words": "去看过"}, If_Match=etag).status_code == 200
    stale = sun.post(f"/matters/{matter.number}/accept", If_Match=etag)
    assert problem(stale) == (412, "CHANGED")
    assert Matter.objects.get().state == State.DISPATCHED


def test_what_others_work_on_does_not_exist(cast, as_post):
    matter = cast.matter(State.HANDLED)
    zhao = as_post("zhao")
    assert problem(zhao.get(f"/matters/{matter.number}")) == (404, "NOT_FOUND")
    assert zhao.get("/matters").json() == {"items": [], "next": None}


def test_a_key_does_no_more_than_its_post(cast, as_post):
    matter = cast.matter(State.RECEIVED)
    assert problem(as_post("caller").post(f"/matters/{matter.number}/classify", {"kind": "WATER-OUT"})) == (
        403,
        "NOT_YOUR_DUTY",
    )


def test_without_a_key_nothing_opens(cast, client):
    assert problem(client.get(f"{ROOT}/matters")) == (401, "KEY_NEEDED")
    wrong = client.get(f"{ROOT}/matters", headers={"Authorization": "Bearer nothing"})
    assert problem(wrong) == (401, "UNKNOWN_KEY")


def test_opening_a_contact_is_written_down(cast, as_post):
    matter = cast.matter(State.HANDLED)
    found = as_post("sun").get(f"/matters/{matter.number}?contact=true").json()
    assert (found["contact"]["name"], found["clock"]["limit"]) == ("王桂芳", "5W")
    assert list(Reading.objects.values_list("by_name", "about")) == [("孙伟", f"matter:{matter.number}")]


def test_pages_follow_each_other_without_gap_or_overlap(cast, as_post):
    numbers = [cast.matter().number for _ in range(5)]
    li, seen, after = as_post("li"), [], ""
    for _page in range(3):
        page = li.get(f"/matters?limit=2{after}").json()
        seen += [row["number"] for row in page["items"]]
        after = f"&after={page['next']}"
    assert (seen, page["next"]) == (numbers[::-1], None)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/matters?limit=0", 422), ("/matters?after=zzz", 400), ("/matters?state=ASLEEP", 422), ("/matters/QS-1", 404)],
)
def test_wrong_questions_are_told(cast, as_post, path, status):
    assert as_post("li").get(path).status_code == status


def test_broken_json_is_told_in_the_readers_language(cast, as_post, client):
    li = as_post("li")
    answer = client.post(
        f"{ROOT}/matters", b'{"text": "\xff"', content_type="application/json",
        headers=li.headers | {"Accept-Language": "en", "Idempotency-Key": "k"},
    )  # fmt: skip
    assert problem(answer) == (400, "BAD_REQUEST")


def test_the_description_is_openapi_3_1(cast, client):
    found = client.get(f"{ROOT}/openapi.json").json()
    assert (found["openapi"][:3], len(found["paths"]) > 20) == ("3.1", True)
    assert client.get(f"{ROOT}/docs").status_code == 200
