"""The same? A neighbour's matter in hand is shown without a word of it, and "me too" is a hint, not a merger."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.browser.people import session_of
from tests.cast import NOON
from weimin.county.actors import RESIDENT
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.matters import journey
from weimin.matters.models import Event, Matter
from weimin.matters.states import Act, Clock, Request, State

pytestmark = pytest.mark.django_db

NEIGHBOUR = {
    "text": "井台边的阀门坏了，水哗哗流。",
    "name": "李桂兰",
    "phone": "13900000077",
    "address": "祠堂后第三家",
}


@pytest.fixture(autouse=True)
def _noon(settings, monkeypatch) -> None:
    settings.RATE_LIMITS = False
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(hours=1))


def letter(client, *, place="990101101201", asked="HELP"):
    """Pages 1 to 3 filled in; returns page 4."""
    client.post("/file/", {"text": "我家停水两天了。", "request": asked})
    client.post("/file/kind/", {"kind": "WATER-OUT"})
    client.post("/file/where/", {"place": place, "address": "桥头"})
    client.post("/file/reach/", {"identity": "HANDLER", "name": "王桂芳", "phone": "13900000001", "reach_by": "SMS"})
    return client.get("/file/check/")


def send(client, page, chosen):
    client.post("/file/check/", {"key": page.context["draft"].key, "same_as": chosen})
    return Matter.objects.latest("pk")


def heard(matter) -> dict:
    return Event.objects.get(matter=matter, act=Act.RECEIVE).data


def test_a_neighbours_matter_is_shown_without_words_name_or_address(client, cast):
    cast.matter(State.HANDLED, **NEIGHBOUR)
    page = letter(client)
    shown = page.content.decode()
    assert "青石村有 1 件类似的事正在办（停水）。" in shown
    assert "停水 · 青石村 · 9 月 29 日（周二）收到" in shown
    assert [words for words in NEIGHBOUR.values() if words in shown] == []
    assert [row.state for row in page.context["alike"].in_hand] == [State.HANDLED]


def test_where_nothing_is_alike_nothing_is_asked(client, cast):
    cast.matter(State.HANDLED, place=cast.places["dawan"])  # another village
    cast.matter(State.HANDLED, kind=cast.kinds["ROADS-HOLE"])  # another kind
    cast.matter(State.WITHDRAWN)  # no longer in hand
    cast.matter(State.RECEIVED, now=NOON - timedelta(days=61))  # too long ago
    assert "是不是同一件事" not in letter(client).content.decode()


def test_nobody_learns_that_a_breach_was_reported(client, cast):
    cast.matter(State.RECEIVED, request=Request.REPORT)
    assert not letter(client).context["alike"]
    cast.matter(State.RECEIVED)
    assert letter(client).context["alike"].count == 1
    assert not letter(client, asked="REPORT").context["alike"]


def test_me_too_has_a_number_an_owner_and_a_clock_of_its_own(client, cast):
    main = cast.matter(State.HANDLED, **NEIGHBOUR)
    mine = send(client, letter(client), main.number)
    assert mine.number != main.number
    assert (mine.state, mine.owner, mine.clock) == (State.RECEIVED, cast.posts["QS-01"], Clock.ANSWER)
    assert mine.merged_into is None
    assert heard(mine)["same_as"] == main.number
    said = client.get(f"/my/{mine.number}/").context["happened"][0].sentence
    assert said == "收到您反映的事情。您说别人也反映过同一件，受理岗位会核对能不能一起办。"


def test_a_number_that_was_not_offered_is_not_taken(client, cast):
    elsewhere = cast.matter(State.RECEIVED, place=cast.places["qingxi"])
    assert "same_as" not in heard(send(client, letter(client), elsewhere.number))


def test_a_number_nobody_has_is_refused(cast):
    with pytest.raises(Refused) as refused:
        cast.matter(same_as="QS-2609-999999-0")
    assert (refused.value.code, refused.value.field) == ("UNKNOWN_MATTER", "same_as")


def test_it_has_come_back(client, cast):
    done = cast.matter(State.PUBLISHED, place=cast.places["dawan"])
    page = letter(client)
    assert [story.number for story in page.context["alike"].stories] == [done.number]
    assert heard(send(client, page, done.number))["same_as"] == done.number


def at_the_desk(cast, who) -> Client:
    client = Client()
    client.cookies["sessionid"] = session_of(cast.officials[who])
    return client


def test_the_clerk_sees_the_hint_and_merges_with_one_click(client, cast):
    main = cast.matter(State.HANDLED, **NEIGHBOUR)
    mine = send(client, letter(client), main.number)
    desk = at_the_desk(cast, "li")
    page = desk.get(f"/desk/matters/{mine.number}/")
    assert page.context["same"] == {"main": main, "may_merge": True, "merged": False}
    assert f"并入 {main.number}" in page.content.decode()
    sent = {"version": mine.version, "main": main.number, "reason": "反映人说明是同一件事，已核对。"}
    assert desk.post(f"/desk/matters/{mine.number}/merge/", sent).url == f"/desk/matters/{mine.number}/"
    merged = Matter.objects.get(pk=mine.pk)
    assert (merged.state, merged.merged_into) == (State.MERGED, main)
    assert 'id="same"' not in desk.get(f"/desk/matters/{mine.number}/").content.decode()


def test_who_may_not_merge_sees_no_button_and_who_may_not_open_the_other_sees_nothing(client, cast):
    main = cast.matter(State.HANDLED, **NEIGHBOUR)
    mine = cast.matter(State.HANDLED, same_as=main.number)
    assert at_the_desk(cast, "sun").get(f"/desk/matters/{mine.number}/").context["same"]["may_merge"] is False
    journey.withdraw_matter(main, by=RESIDENT, now=NOON)
    there = at_the_desk(cast, "li").get(f"/desk/matters/{mine.number}/")
    assert there.context["same"]["may_merge"] is False
    assert "那件已经不在办" in there.content.decode()
    other = cast.matter(State.RECEIVED, same_as=cast.matter(place=cast.places["qingxi"]).number)
    assert at_the_desk(cast, "li").get(f"/desk/matters/{other.number}/").context["same"] is None


def test_a_hint_at_a_merged_matter_leads_to_its_main(cast):
    main = cast.matter(State.HANDLED)
    second = cast.matter(State.CLASSIFIED)
    journey.merge_matter(second, main=main, reason="同一处。", by=cast.li, now=NOON)
    third = cast.matter(same_as=second.number)
    assert at_the_desk(cast, "li").get(f"/desk/matters/{third.number}/").context["same"]["main"] == main


def test_page_4_costs_the_same_for_one_and_for_three(client, cast):
    cast.matter(State.HANDLED)
    letter(client)
    with CaptureQueriesContext(connection) as one:
        client.get("/file/check/")
    cast.matter(State.HANDLED)
    cast.matter(State.RECEIVED)
    with CaptureQueriesContext(connection) as three:
        client.get("/file/check/")
    assert len(three) == len(one)
