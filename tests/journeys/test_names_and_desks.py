"""Whose name is shown to whom, and how a whole desk changes hands."""

import pytest

from tests.cast import NOON
from tests.journeys.people import ANSWERED
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.matters import journey, queries
from weimin.matters.models import Event, Matter
from weimin.matters.states import State
from weimin.notices.models import Notice

# --- whose name is it -----------------------------------------------------------------------------------------------

NAMES = ("王桂芳", "13900000001")


def test_a_hidden_name_reaches_nobody_at_the_handling_office(cast, desk, program, passing):
    matter = cast.matter(State.HANDLED, identity="HIDDEN")
    sun, key = desk("sun"), program("sun")
    assert sun.client.post(f"/desk/matters/{matter.number}/contact-details/").status_code == 404
    pages = [
        sun.page(matter.number),
        *(sun.page(matter.number, f"{slug}/") for slug in ("answer", "contact", "pause", "note", "refuse")),
        sun.client.get("/desk/matters/", {"queue": "all"}),
        sun.client.get("/desk/matters/export.csv", {"queue": "all"}),
        key.client.get(f"/api/v1/matters/{matter.number}?contact=true", headers=key.headers),
    ]
    for page in pages:
        shown = b"".join(page.streaming_content).decode() if page.streaming else page.content.decode()
        assert [name for name in NAMES if name in shown] == [], page.request["PATH_INFO"]
    told = [notice.body for notice in Notice.objects.filter(official=cast.officials["sun"])]
    assert [body for body in told if any(name in body for name in NAMES)] == []


def test_an_anonymous_matter_knows_nobody_and_can_be_followed_and_published(cast, desk):
    matter = cast.matter(State.RATED, identity="ANONYMOUS")
    assert matter.resident is None
    assert Notice.objects.filter(resident__isnull=False).count() == 0
    desk("publisher").act(matter.number, "publish", title="停水", asked="停水。", done="修好。")
    assert queries.board().get().number == matter.number


# --- a desk changes hands -------------------------------------------------------------------------------------------


def test_a_whole_desk_is_handed_over_in_one_act(cast, desk):
    mine = [cast.matter(state) for state in (State.HANDLED, State.PAUSED, State.ANSWERED)]
    other, closed = cast.matter(State.RECEIVED), cast.matter(State.CLOSED)
    giver, receiver = cast.posts["WATER-02"], cast.posts["WATER-01"]
    before = Entry.objects.count()
    said = {"giver": giver.pk, "receiver": receiver.pk, "reason": "孙伟调离。"}
    assert desk("zhang").client.post("/desk/matters/hand-over/", said).status_code == 302
    assert {Matter.objects.get(pk=m.pk).owner for m in mine} == {receiver}
    assert Matter.objects.get(pk=other.pk).owner.code == "QS-01"
    assert Matter.objects.get(pk=closed.pk).owner is None
    assert Entry.objects.count() - before == 1
    assert Event.objects.filter(act="HAND_OVER").count() == 3
    assert queries.tally(f"owner:{giver.pk}", f"owner:{receiver.pk}") == {
        f"owner:{giver.pk}": 0,
        f"owner:{receiver.pk}": 3,
    }
    assert desk("zhang").act(mine[0].number, "answer", **ANSWERED).state == State.ANSWERED


def test_a_desk_is_not_handed_over_from_the_side(cast):
    cast.matter(State.HANDLED)
    giver, receiver = cast.posts["WATER-02"], cast.posts["ROADS-01"]
    move = {"receiver": receiver, "reason": "调动。", "now": NOON}
    for name in ("roads", "li", "sun"):
        by = cast.acting(name, NOON)
        with pytest.raises(Refused) as told:
            journey.hand_over_desk(giver, by=by, **move)
        assert told.value.code == "NOT_YOUR_DUTY"
    assert Matter.objects.get().owner == giver
