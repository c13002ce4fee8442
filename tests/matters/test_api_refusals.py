"""REST v1: whatever is sent, the answer is a problem in the reader's language, and nothing has changed."""

import json
from base64 import urlsafe_b64encode

import pytest
from django.core.cache import cache

from tests.matters.test_api import NEW, ROOT, as_post, problem  # noqa: F401 -- a fixture is found by its name
from weimin.catalogue.models import Question
from weimin.county.models import AnsweredRequest, ApiToken
from weimin.households.models import Reading
from weimin.matters.models import Matter
from weimin.matters.states import State

LIMITS = ["received_from=0001-01-01T00:00:00%2B14:00", "received_to=9999-12-31T23:59:59-14:00"]


@pytest.mark.parametrize("query", [*LIMITS, "q=a%00b", "kind=%00", "office=%00", "received_from=2026-01-01T00:00:00"])
def test_odd_filters_are_told(cast, as_post, query):  # noqa: F811
    assert problem(as_post("li").get(f"/matters?{query}")) == (422, "INVALID")


@pytest.mark.parametrize("end", ["x", "0001-01-01T00:00:00+14:00|1", "2026-01-01T00:00:00Z|99999999999999999999"])
def test_a_made_up_cursor_is_told(cast, as_post, end):  # noqa: F811
    cursor = urlsafe_b64encode(end.encode()).decode()
    assert problem(as_post("li").get(f"/matters?after={cursor}")) == (400, "BAD_CURSOR")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lat": 34.2}, "body"),
        ({"lat": 134.2, "long": 107.1}, "lat"),
        ({"lat": "1e999999", "long": 107.1}, "lat"),
        ({"channel": "IMPORT"}, "channel"),
        ({"chanel": "PHONE"}, "chanel"),
        ({"text": ""}, "text"),
        ({"text": "字" * 4001}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"phone": "1\x00"}, "phone"),
        ({"kind": "NONE"}, "kind"),
        ({"place": "999999999999"}, "place"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_cannot_be_taken_names_its_field(cast, as_post, change, field):  # noqa: F811
    answer = as_post("li").post("/matters", NEW | change, Idempotency_Key="k1")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert (Matter.objects.count(), AnsweredRequest.objects.count()) == (0, 0)


def test_a_nul_in_details_is_told(cast, as_post):  # noqa: F811
    answer = as_post("li").post("/matters", NEW | {"details": {"homes": "a\x00"}}, Idempotency_Key="k1")
    assert problem(answer) == (422, "INVALID")


def test_sentences_follow_the_reader(cast, as_post, client):  # noqa: F811
    headers = as_post("li").headers | {"Idempotency-Key": "k1"}

    def detail(language):
        answer = client.post(
            f"{ROOT}/matters", json.dumps(NEW | {"language": "fr"}), content_type="application/json",
            headers=headers | {"Accept-Language": language},
        )  # fmt: skip
        return answer.json()["title"]

    assert (detail("zh-CN"), detail("en")) == ("有内容要改", "Something needs correcting")


def test_an_address_that_is_not_there_is_a_problem_too(cast, as_post):  # noqa: F811
    assert problem(as_post("li").get("/nothing/here")) == (404, "NOT_FOUND")


def test_too_many_requests_say_when_to_come_back(cast, as_post):  # noqa: F811
    li = as_post("li")
    ApiToken.objects.update(per_minute=1)
    cache.clear()  # another test's key had the same row number
    assert li.get("/kinds").status_code == 200
    answer = li.get("/kinds")
    assert (problem(answer), answer["Retry-After"]) == ((429, "TOO_MANY"), "60")


def test_what_we_did_not_foresee_is_told_as_ours_and_saves_nothing(cast, as_post, monkeypatch):  # noqa: F811
    def fails(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("weimin.matters.journey.receive.line_of", fails)
    assert problem(as_post("li").post("/matters", NEW, Idempotency_Key="k1")) == (500, "OUR_FAULT")
    assert (Matter.objects.count(), AnsweredRequest.objects.count()) == (0, 0)


def test_reading_what_a_resident_wrote_is_written_down(cast, as_post):  # noqa: F811
    matter = cast.matter(State.HANDLED)
    as_post("sun").get(f"/matters/{matter.number}")
    assert list(Reading.objects.values_list("by_post", "about")) == [("WATER-02", f"matter:{matter.number}")]


def test_anyone_reads_the_board_and_only_the_board(cast, client):
    shown = cast.matter(State.PUBLISHED)
    hidden = cast.matter(State.HANDLED)
    page = client.get(f"{ROOT}/board").json()
    assert ([row["number"] for row in page["items"]], page["next"]) == ([shown.number], None)
    assert client.get(f"{ROOT}/board/{shown.number}").json()["asked"] == "反映停水两天。"
    assert problem(client.get(f"{ROOT}/board/{hidden.number}")) == (404, "NOT_FOUND")


def test_a_kind_tells_its_questions(cast, as_post):  # noqa: F811
    Question.objects.create(kind=cast.kinds["WATER"], code="homes", text_zh="几户", text_en="Homes", datatype="number")
    rows = as_post("li").get("/kinds/WATER-OUT/questions").json()["items"]
    assert [(row["code"], row["required"]) for row in rows] == [("homes", False)]


def test_a_whole_desk_is_handed_over(cast, as_post):  # noqa: F811
    matter = cast.matter(State.HANDLED)
    answer = as_post("zhang").post("/posts/WATER-02/hand-over", {"receiver": "WATER-01", "reason": "岗位调整"})
    assert (answer.status_code, answer.json()) == (200, {"numbers": [matter.number]})
    assert Matter.objects.get().owner.code == "WATER-01"
    assert problem(as_post("li").post("/posts/WATER-01/hand-over", {"receiver": "WATER-02", "reason": "试"}))[0] == 403


def test_the_description_names_the_headers_and_the_problem(cast, client):
    paths = client.get(f"{ROOT}/openapi.json").json()["paths"]
    named = {
        path: {part["name"]: part["required"] for part in paths[f"{ROOT}{path}"]["post"]["parameters"]}
        for path in ("/matters", "/matters/{number}/accept")
    }
    assert named == {
        "/matters": {"Idempotency-Key": True},
        "/matters/{number}/accept": {"number": True, "Idempotency-Key": True, "If-Match": False},
    }
    assert "application/problem+json" in paths[f"{ROOT}/matters"]["get"]["responses"]["default"]["content"]
