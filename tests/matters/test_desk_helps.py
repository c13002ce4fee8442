"""What the desk lays beside a decision: who might lead and why, photos as pictures, gaps that a template left."""

import pytest

from tests.cast import NOON, REPLY
from tests.staff import enter
from weimin.county.actors import RESIDENT
from weimin.matters import journey
from weimin.matters.models import Attachment, Matter
from weimin.matters.pages.desk._suggestions import suggestions
from weimin.matters.states import Grade, Resolved, State

DESK = "/desk/matters/"


@pytest.fixture
def sign_in(cast, client, monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)

    return lambda name: enter(client, cast.officials[name])


def answered_by_roads(cast, **over):
    """The roads office once answered for water: why is another story."""
    matter = cast.matter(State.CLASSIFIED, **over)
    journey.dispatch_matter(matter, office=cast.offices["ROADS"], by=cast.hotline, now=NOON)
    journey.accept_matter(matter, by=cast.roads, now=NOON)
    journey.answer_matter(matter, reply=REPLY, by=cast.roads, now=NOON)
    return matter


def test_three_suggestions_each_with_why_and_load(cast):
    answered_by_roads(cast)
    cast.matter(State.HANDLED)
    found = suggestions(cast.matter(State.CLASSIFIED), by=cast.li, now=NOON)
    assert [(one.office.code, str(one.why), one.load) for one in found] == [
        ("WATER", "规则：供水 · 青山县", 1),
        ("ROADS", "最近办过同类的事", 1),
        ("QINGSHI", "事情发生在这个乡镇", 0),
    ]


def test_alike_matters_are_told_with_what_their_residents_said(cast):
    rated, silent = answered_by_roads(cast), answered_by_roads(cast)
    journey.rate_matter(rated, grade=Grade.DISSATISFIED, resolved=Resolved.PARTLY, by=RESIDENT, now=NOON)
    found = suggestions(cast.matter(State.CLASSIFIED), by=cast.li, now=NOON)
    roads = next(one for one in found if one.office.code == "ROADS")
    assert [(alike.number, str(alike.outcome)) for alike in roads.alike] == [
        (silent.number, "没有评价"),
        (rated.number, "解决了一部分 · 不满意"),
    ]


def test_alike_matters_of_another_township_are_counted_and_not_shown(cast):
    answered_by_roads(cast)
    matter = cast.matter(place=cast.places["qingxi"])
    found = suggestions(matter, by=cast.zhao, now=NOON)
    assert [(one.office.code, one.alike) for one in found] == [("WATER", []), ("ROADS", []), ("QINGXI", [])]


@pytest.mark.parametrize("rows", [1, 3])
def test_suggesting_costs_the_same_for_one_and_three(cast, rows, django_assert_num_queries):
    for _n in range(rows):
        answered_by_roads(cast)
    matter, by = cast.matter(State.CLASSIFIED), cast.li
    with django_assert_num_queries(8):
        suggestions(Matter.objects.select_related("kind__parent", "place").get(pk=matter.pk), by=by, now=NOON)


def test_a_photo_is_shown_as_a_picture_and_a_recording_as_a_link(cast, sign_in):
    matter = cast.matter(State.HANDLED)
    for name, kind, width in [("井盖.jpg", "image/jpeg", 800), ("录音.mp3", "audio/mpeg", None)]:
        Attachment.objects.create(
            matter=matter, sha256=str(width) * 10, media_type=kind, size=9, width=width, height=width, name=name,
            by_kind="resident", at=NOON,
        )  # fmt: skip
    html = sign_in("sun").get(f"{DESK}{matter.number}/").content.decode()
    assert html.count("<img") - html.count('<img src="/static') == 1
    assert 'alt="照片 井盖.jpg，点开看原图"' in html
    assert "录音.mp3</a>" in html


@pytest.mark.parametrize("gap", ["{日期}", "｛日期｝"])
def test_a_templates_gap_is_filled_in_before_it_is_sent(cast, sign_in, gap):
    matter = cast.matter(State.HANDLED)
    sent = {"version": matter.version, "facts": f"我们于{gap}到现场。", "reasons": "老化。", "rule": "条例",
            "appeal_route": "复查"}  # fmt: skip
    answer = sign_in("sun").post(f"{DESK}{matter.number}/answer/", sent)
    assert answer.status_code == 422
    assert f"这里还有没填的空：{gap}" in answer.content.decode()
    assert Matter.objects.get(pk=matter.pk).state == State.HANDLED


def test_today_holds_ones_own_and_the_county_stands_in_its_queue(cast, sign_in, monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    own, theirs = cast.matter(), cast.matter(State.HANDLED)
    late = NOON.replace(month=11)
    client = sign_in("li")
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: late)
    html = client.get("/desk/").content.decode()
    assert own.number in html and theirs.number not in html
    assert theirs.number in client.get(DESK, {"queue": "overdue"}).content.decode()


def test_a_call_in_the_minute_of_receipt_is_logged(cast, sign_in, monkeypatch):
    """The page's box holds minutes; the matter came in at thirty seconds past."""
    received = NOON.replace(second=30)
    matter, client = cast.matter(now=received), sign_in("li")
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON.replace(second=50))
    sent = {"version": matter.version, "at": "2026-09-29T12:00", "channel": "PHONE", "outcome": "REACHED", "words": ""}
    assert client.post(f"{DESK}{matter.number}/contact/", sent).status_code == 302
    assert Matter.objects.get().contacted_at == NOON
