"""The desk as officials use it: what they see, what they may do, what is written down when they look."""

import re
from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.staff import enter
from weimin.households.models import Reading
from weimin.kernel import clock
from weimin.ledger.models import Entry
from weimin.matters.models import Answer, Matter, SavedView
from weimin.matters.states import Identity
from weimin.notices.models import Notice

DESK = "/desk/matters/"


@pytest.fixture
def sign_in(cast, client, monkeypatch):
    """`sign_in("li")` at the moment of the story."""
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(hours=2))

    return lambda name: enter(client, cast.officials[name])


def page(response, status=200):
    assert response.status_code == status
    assert response["Cache-Control"] == "no-store"
    return response.content.decode()


def acts_offered(html):
    return re.findall(r'<li><a href="([a-z-]+)/">', html)


@pytest.mark.parametrize(
    "queue", ["mine", "office", "due_soon", "overdue", "returned", "callback", "unclassified", "to_publish", "all"]
)
def test_every_queue_opens_and_holds_what_belongs_there(cast, sign_in, queue):
    matter = cast.matter("RECEIVED")
    html = page(sign_in("li").get(DESK, {"queue": queue}))
    assert (matter.number in html) == (queue in ("mine", "unclassified", "all"))


def test_the_clerk_sees_her_township_and_the_neighbour_nothing(cast, sign_in):
    matter = cast.matter("RECEIVED")
    assert matter.number in page(sign_in("li").get(DESK, {"queue": "all"}))
    client = sign_in("zhao")
    assert matter.number not in page(client.get(DESK, {"queue": "all"}))
    assert client.get(f"{DESK}{matter.number}/").status_code == 404
    assert Reading.objects.count() == 0


def test_opening_a_matter_is_written_down_once_and_the_contact_each_time(cast, sign_in):
    matter = cast.matter("RECEIVED")
    client = sign_in("li")
    html = page(client.get(f"{DESK}{matter.number}/"))
    page(client.get(f"{DESK}{matter.number}/"))
    assert "王桂芳" not in html
    assert [row.fields for row in Reading.objects.order_by("pk")] == ["反映的内容"]
    assert "王桂芳" in page(client.post(f"{DESK}{matter.number}/contact-details/"))
    assert [row.fields for row in Reading.objects.order_by("pk")] == ["反映的内容", "姓名、联系方式"]


def test_a_hidden_name_is_hidden_from_the_handler(cast, sign_in):
    matter = cast.matter("HANDLED", identity=Identity.HIDDEN)
    client = sign_in("sun")
    assert "contact-details" not in page(client.get(f"{DESK}{matter.number}/"))
    assert client.post(f"{DESK}{matter.number}/contact-details/").status_code == 404


@pytest.mark.parametrize(
    ("state", "who", "acts"),
    [
        ("RECEIVED", "li", ["classify", "contact", "merge", "refuse", "note"]),
        ("CLASSIFIED", "li", ["classify", "dispatch", "contact", "merge", "refuse", "note"]),
        ("DISPATCHED", "sun", ["accept", "return", "contact", "ask-help", "note"]),
        ("HANDLED", "sun", ["contact", "answer", "ask-help", "pause", "refuse", "note"]),
        ("PAUSED", "sun", ["contact", "ask-help", "resume", "note"]),
    ],
)
def test_only_allowed_acts_are_offered(cast, sign_in, state, who, acts):
    matter = cast.matter(state)
    client = sign_in(who)
    assert acts_offered(page(client.get(f"{DESK}{matter.number}/"))) == acts
    for slug in acts:
        page(client.get(f"{DESK}{matter.number}/{slug}/"))


def test_dispatch_suggests_the_office_of_the_rule_and_moves_the_matter(cast, sign_in):
    matter = cast.matter("CLASSIFIED")
    client, before = sign_in("li"), Entry.objects.count()
    html = page(client.get(f"{DESK}{matter.number}/dispatch/"))
    office = cast.offices["WATER"]
    assert f'name="office" value="{office.pk}" data-choice="1"' in html
    sent = client.post(f"{DESK}{matter.number}/dispatch/", {"version": matter.version, "office": office.pk})
    assert (sent.status_code, sent["Location"]) == (302, f"{DESK}{matter.number}/")
    moved = Matter.objects.get(pk=matter.pk)
    assert (moved.state, moved.lead, Entry.objects.count() - before) == ("DISPATCHED", office, 1)


def test_a_stale_form_changes_nothing(cast, sign_in):
    matter = cast.matter("CLASSIFIED")
    client, before = sign_in("li"), Entry.objects.count()
    data = {"version": matter.version - 1, "office": cast.offices["WATER"].pk}
    html = page(client.post(f"{DESK}{matter.number}/dispatch/", data), 422)
    assert "刚才已有人处理了这件事" in html
    assert (Matter.objects.get(pk=matter.pk).state, Entry.objects.count()) == ("CLASSIFIED", before)


def test_the_answer_is_previewed_and_then_sent(cast, sign_in):
    matter = cast.matter("HANDLED")
    client = sign_in("sun")
    reply = {
        "version": matter.version,
        "facts": "接头已换。",
        "reasons": "老化。",
        "rule": "条例",
        "appeal_route": "复查",
    }
    html = page(client.post(f"{DESK}{matter.number}/answer/", {**reply, "preview": "1"}))
    assert "四样都齐了" in html and "接头已换。" in html
    assert Matter.objects.get(pk=matter.pk).state == "HANDLED"
    assert client.post(f"{DESK}{matter.number}/answer/", reply).status_code == 302
    assert Matter.objects.get(pk=matter.pk).state == "ANSWERED"


def test_an_incomplete_answer_names_its_fields_and_keeps_the_words(cast, sign_in):
    matter = cast.matter("HANDLED")
    client = sign_in("sun")
    html = page(client.post(f"{DESK}{matter.number}/answer/", {"version": matter.version, "facts": "接头已换。"}), 422)
    assert "接头已换。" in html
    assert all(f'id="id_{name}_error"' in html for name in ("reasons", "rule", "appeal_route"))


def entry(cast, **over):
    return {
        "once": "a" * 32, "channel": "PHONE", "name": "王桂芳", "phone": "13900000001", "identity": "HANDLER",
        "text": "村口路灯不亮。", "request": "HELP", "kind": "WATER-OUT", "place": cast.places["qingshi"].code,
        "reach_by": "PHONE", **over,
    }  # fmt: skip


def test_a_call_is_taken_in_once_and_read_back_in_words(cast, sign_in):
    client = sign_in("li")
    first = client.post(f"{DESK}new/", entry(cast))
    again = client.post(f"{DESK}new/", entry(cast))
    assert first["Location"] == again["Location"]
    matter = Matter.objects.get()
    assert (matter.channel, matter.taken_by.code) == ("PHONE", cast.li.posts[0].code)
    html = page(client.get(first["Location"]))
    assert "Q S" in html and client.session["desk_receipt"][1] in html


def test_an_entry_that_lacks_something_keeps_the_rest(cast, sign_in):
    html = page(sign_in("li").post(f"{DESK}new/", entry(cast, place="1")), 422)
    assert "村口路灯不亮。" in html
    assert not Matter.objects.exists()


def test_kinds_and_places_are_found_by_code_and_name(cast, sign_in):
    client = sign_in("li")
    kinds = client.get(f"{DESK}find/kinds/", {"q": "WATER-OUT"}).json()["results"]
    assert [one["value"] for one in kinds] == ["WATER-OUT"]
    places = client.get(f"{DESK}find/places/", {"q": cast.places["qingshi"].name_zh}).json()["results"]
    assert [one["value"] for one in places] == [cast.places["qingshi"].code]


def test_people_are_found_without_their_whole_number_and_not_by_the_neighbour(cast, sign_in):
    cast.matter("RECEIVED")
    found = sign_in("li").get(f"{DESK}find/residents/", {"q": "王桂"}).json()["results"]
    assert [(one["label"], "****" in one["detail"]) for one in found] == [("王桂芳", True)]
    assert sign_in("zhao").get(f"{DESK}find/residents/", {"q": "王桂"}).json() == {"results": []}


def test_likely_duplicates_stand_beside(cast, sign_in):
    matter = cast.matter("RECEIVED")
    data = {"place": cast.places["qingshi"].code, "kind": "WATER-OUT", "text": "我家停水两天了"}
    assert matter.number in page(sign_in("li").post(f"{DESK}find/likely/", data))


def test_the_table_holds_no_words_of_residents(cast, sign_in):
    matter = cast.matter("RECEIVED")
    text = page(sign_in("li").get(f"{DESK}export.csv", {"queue": "all"}))
    assert matter.number in text
    assert (text.startswith("\ufeff编号,"), len(text.splitlines()), "我家停水两天" in text) == (True, 2, False)


def test_many_are_dispatched_and_refusals_named(cast, sign_in):
    ready, raw = cast.matter("CLASSIFIED"), cast.matter("RECEIVED")
    client = sign_in("li")
    data = {"number": [ready.number, raw.number], "office": cast.offices["WATER"].pk, "query": "queue=all"}
    html = client.post(f"{DESK}dispatch-many/", data, follow=True).content.decode()
    assert f"{raw.number} 没有派出" in html
    assert [m.state for m in Matter.objects.order_by("pk")] == ["DISPATCHED", "RECEIVED"]


def test_a_view_is_kept_and_forgotten(cast, sign_in):
    client = sign_in("li")
    client.post(f"{DESK}views/", {"name": "漏水", "query": "queue=all&q=漏水"})
    view = SavedView.objects.get()
    assert view.official == cast.officials["li"]
    client.post(f"{DESK}views/{view.pk}/drop/")
    assert not SavedView.objects.exists()


def test_a_wrong_cursor_is_refused(cast, sign_in):
    assert sign_in("li").get(DESK, {"queue": "all", "older": "nonsense"}).status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_a_queue_costs_the_same_for_one_and_three(cast, sign_in, rows, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("weimin.kernel.kept.monotonic", lambda: 0.0)  # a copy once read does not grow old
    for _n in range(rows):
        cast.matter("RECEIVED")
    client = sign_in("li")
    page(client.get(DESK, {"queue": "all"}))
    with django_assert_num_queries(12):
        page(client.get(DESK, {"queue": "all"}))


@pytest.mark.parametrize("path", ["/desk/", "/desk/matters/", "/desk/matters/new/"])
def test_nobody_comes_in_without_signing_in(client, db, path):
    response = client.get(path)
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_an_office_that_is_no_number_dispatches_nothing(cast, sign_in):
    ready = cast.matter("CLASSIFIED")
    data = {"number": [ready.number], "office": "WATER", "query": "queue=all"}
    html = sign_in("li").post(f"{DESK}dispatch-many/", data, follow=True).content.decode()
    assert "请先勾选要派办的事项" in html


def test_a_promise_is_kept_from_the_desk(cast, sign_in):
    matter = cast.matter("ANSWERED")
    Answer.objects.update(promise="换新水管。", promise_due_on=(NOON + timedelta(days=9)).date())
    sent = {"version": matter.version, "words": "水管已换。"}
    assert sign_in("sun").post(f"{DESK}{matter.number}/keep-promise/", sent).status_code == 302
    assert Answer.objects.get().promise_kept_at == NOON + timedelta(hours=2)


def test_a_message_that_may_have_got_lost_is_shown(cast, sign_in):
    matter = cast.matter("RECEIVED")
    Notice.objects.update(state="UNCERTAIN", sent_at=NOON)
    assert "短信 · 是否送达不明" in page(sign_in("li").get(f"{DESK}{matter.number}/"))
    Notice.objects.update(state="SENT")
    assert "没有确定送到" not in page(sign_in("li").get(f"{DESK}{matter.number}/"))
