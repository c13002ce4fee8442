"""REST v1 is whole: every act of the staff, each POST answered once, steady pages, refusals in two languages."""

import json
from datetime import date, timedelta

import pytest

from tests.cast import NOON
from tests.matters.test_api import NEW, ROOT, as_post, problem  # noqa: F401 -- a fixture is found by its name
from weimin.county.actors import RESIDENT
from weimin.matters import journey
from weimin.matters.models import Answer, Event, Matter
from weimin.matters.states import State
from weimin.web.api import api

# What is not of the staff by REST: the resident's own acts, what time alone brings about, and taking back a slip of
# the hand, which a program does not have.
NOT_OF_THE_STAFF = {
    "rate_matter", "reopen_matter", "withdraw_matter", "appeal_matter",
    "answer_merged", "break_promise", "chase_matter", "escalate_matter", "recompute_clock", "refuse_merged",
    "remind_to_rate", "may_undo", "undo_move", "note_outside",
}  # fmt: skip
ADDRESS_OF = {
    "receive_matter": "", "classify_matter": "/{number}/classify", "dispatch_matter": "/{number}/dispatch",
    "accept_matter": "/{number}/accept", "return_matter": "/{number}/return", "add_note": "/{number}/note",
    "contact_resident": "/{number}/contact", "extend_matter": "/{number}/extend", "pause_matter": "/{number}/pause",
    "report_support": "/{number}/support", "resume_matter": "/{number}/resume", "answer_matter": "/{number}/answer",
    "keep_promise": "/{number}/keep-promise", "refuse_matter": "/{number}/refuse", "call_back": "/{number}/call-back",
    "close_matter": "/{number}/close", "publish_matter": "/{number}/publish", "merge_matter": "/{number}/merge",
    "split_matter": "/{number}/split", "ask_for_help": "/{number}/ask-help", "forward_matter": "/{number}/forward",
    "unpublish_matter": "/{number}/unpublish", "decide_appeal": "/{number}/decide",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)


def test_every_act_of_the_staff_has_its_address():
    verbs = {name for name in journey.__all__ if name[0].islower()} - NOT_OF_THE_STAFF
    described = {path for path, methods in api.get_openapi_schema()["paths"].items() if "post" in methods}
    of_matters = {f"{ROOT}/matters{path}" for path in ADDRESS_OF.values()} | {f"{ROOT}/matters/{{number}}/files"}
    assert verbs == {*ADDRESS_OF, "hand_over_desk"}
    assert described == of_matters | {f"{ROOT}/posts/{{code}}/hand-over"}


@pytest.mark.parametrize("path", [*ADDRESS_OF.values(), "/{number}/files", "hand-over"])
def test_no_post_is_carried_out_without_a_key(cast, as_post, path):  # noqa: F811
    number = cast.matter(State.HANDLED).number
    address = "/posts/WATER-02/hand-over" if path == "hand-over" else f"/matters{path}".format(number=number)
    before = Event.objects.count()
    assert problem(as_post("sun").post(address, NEW, Idempotency_Key=None)) == (400, "KEY_MISSING")
    assert Event.objects.count() == before


def test_a_verb_sent_twice_is_done_once_and_told_twice(cast, as_post):  # noqa: F811
    sun, number = as_post("sun"), cast.matter(State.HANDLED).number
    first, again = (sun.post(f"/matters/{number}/note", {"words": "去看过"}, Idempotency_Key="k") for _n in range(2))
    assert (again.content, again["ETag"], first.status_code, again.status_code) == (
        first.content, first["ETag"], 200, 200,
    )  # fmt: skip
    assert Event.objects.filter(act="NOTE").count() == 1


def test_a_key_of_one_address_or_bearer_is_another_at_the_next(cast, as_post):  # noqa: F811
    one, two = cast.matter(State.HANDLED).number, cast.matter(State.HANDLED).number
    sun, zhang = as_post("sun"), as_post("zhang")
    for who, number in ((sun, one), (sun, two), (zhang, one)):
        answer = who.post(f"/matters/{number}/note", {"words": "去看过"}, Idempotency_Key="k")
        assert (answer.status_code, answer.json()["number"]) == (200, number)
    assert Event.objects.filter(act="NOTE").count() == 3


def test_the_open_promise_is_kept_even_where_a_later_answer_promises_nothing(cast, as_post):  # noqa: F811
    matter = cast.matter(State.HANDLED)
    parts = {"facts": "已排上计划。", "reasons": "要换主管。", "rule": "供水条例", "appeal_route": "县信访局"}
    promise = {"promise": "换好主管道", "promise_due_on": date(2026, 10, 30)}
    journey.answer_matter(matter, reply=journey.Reply(**parts, **promise), by=cast.sun, now=NOON)
    journey.reopen_matter(matter, reason="还漏", by=RESIDENT, now=NOON)
    journey.answer_matter(matter, reply=journey.Reply(**parts), by=cast.sun, now=NOON)
    sun = as_post("sun")
    assert sun.post(f"/matters/{matter.number}/keep-promise", {"words": "主管道已换好。"}).status_code == 200
    assert [answer.promise_kept_at for answer in Answer.objects.order_by("pk")] == [NOON, None]
    again = sun.post(f"/matters/{matter.number}/keep-promise", {"words": "主管道已换好。"})
    assert problem(again) == (409, "NO_PROMISE")


@pytest.mark.parametrize("ready", [State.RECEIVED, State.PUBLISHED])
def test_pages_stand_still_while_new_rows_come_in(cast, as_post, ready):  # noqa: F811
    """Rows that arrive between two pages neither push an old one onto the next page nor hide one."""
    path = "/matters" if ready == State.RECEIVED else "/board"
    numbers = [cast.matter(ready, now=NOON + timedelta(minutes=n // 2)).number for n in range(5)]  # two at one moment
    li, seen, after = as_post("li"), [], ""
    while after is not None:
        page = li.get(f"{path}?limit=2" + (f"&after={after}" if after else "")).json()
        seen += [row["number"] for row in page["items"]]
        cast.matter(ready, now=NOON + timedelta(hours=1))
        after = page["next"]
    assert seen == numbers[::-1]


def test_etags_are_given_and_asked_for_as_described(cast, as_post):  # noqa: F811
    li = as_post("li")
    made = li.post("/matters", NEW)
    number = made.json()["number"]
    assert made["ETag"] == li.get(f"/matters/{number}")["ETag"] == f'"{number}.1"'
    done = li.post(f"/matters/{number}/classify", {"kind": "WATER-OUT"}, If_Match=f'"other", {made["ETag"]}')
    assert (done.status_code, done["ETag"]) == (200, f'"{number}.2"')
    for stale in (made["ETag"], f'W/"{number}.2"', "nonsense"):
        assert problem(li.post(f"/matters/{number}/note", {"words": "话"}, If_Match=stale)) == (412, "CHANGED")
    assert Matter.objects.get().version == 2
    assert li.post(f"/matters/{number}/note", {"words": "话"}, If_Match="*").status_code == 200


# verb, body, headers, status, code, then title and detail in Chinese and in English
REFUSALS = [
    ("accept", {}, {}, 403, "NOT_YOUR_DUTY",
     ("密钥没有这项职责", "您现在的岗位没有这项职责，请联系本单位负责人或值班领导。"),
     ("The key does not have this duty", "Your present post does not have this duty; "
      "please speak to the head of your office or the leader on duty.")),
    ("accept", {}, {"Idempotency-Key": ""}, 400, "KEY_MISSING",
     ("请求不完整", "请带上 Idempotency-Key（1 到 120 个字符），网络中断后重发才不会重复办理。"),
     ("The request is not complete", "Please send an Idempotency-Key (1 to 120 characters), "
      "so that a request sent again after a broken connection is not carried out twice.")),
    ("note", {"words": "话"}, {"If-Match": '"x"'}, 412, "CHANGED",
     ("这件事已有变动", "这件事在您读过以后有了变动，请重新读取再试。"),
     ("This matter has changed", "This matter has changed since you read it; please read it again and retry.")),
    ("note", {"words": ""}, {}, 422, "INVALID",
     ("有内容要改", "有 1 处要改，见 errors。"),
     ("Something needs correcting", "To correct: 1; see errors.")),
    ("publish", {"title": "停水", "asked": "停水", "done": "修好"}, {}, 409, "NOT_NOW",
     ("现在不能这样做", "这件事现在是“已派办”，不能做“公开”。请刷新页面，看看刚才有什么变动。"),
     ("This is not possible now", "This matter is now “With an office”, so “Publish” is not possible. "
      "Please reload the page to see what has just changed.")),
]  # fmt: skip
FIELD = {"zh-CN": "这里还没有写内容。", "en": "Nothing is written here yet."}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(("verb", "body", "headers", "status", "code", "zh", "en"), REFUSALS)
def test_a_refusal_is_told_in_the_language_of_whoever_asks(
    cast, as_post, client, verb, body, headers, status, code, zh, en, language,  # noqa: F811
):  # fmt: skip
    path = f"{ROOT}/matters/{cast.matter(State.DISPATCHED).number}/{verb}"
    given = as_post("li").headers | {"Idempotency-Key": "k", "Accept-Language": language} | headers
    answer = client.post(path, json.dumps(body), content_type="application/json", headers=given)
    title, detail = zh if language == "zh-CN" else en
    expected = {
        "type": f"urn:weimin:problem:{code}", "title": title, "status": status, "code": code, "detail": detail,
        "instance": path,
    }  # fmt: skip
    if code == "INVALID":
        expected["errors"] = [{"field": "words", "code": "STRING_TOO_SHORT", "detail": FIELD[language]}]
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json() == expected
