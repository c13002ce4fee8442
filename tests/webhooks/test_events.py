"""An act tells the programs that asked, in its own transaction, with nothing of a person in it."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON
from tests.webhooks.subscribing import subscribe
from weimin.county.actors import CLOCK, RESIDENT
from weimin.kernel.refusal import Refused
from weimin.matters import journey
from weimin.matters.announcements import WHATS
from weimin.matters.models import Matter
from weimin.matters.states import STILL, Act, Channel, State
from weimin.webhooks.models import Delivery
from weimin.webhooks.states import What

# Written on a matter, and nothing that changes what anybody may know of it.
NOT_TOLD = {
    Act.CONTACT, Act.NOTE, Act.ASK_HELP, Act.SUPPORT, Act.CHASE, Act.KEEP_PROMISE, Act.CALL_BACK, Act.HAND_OVER,
    Act.RECOMPUTE,
}  # fmt: skip


def told():
    return [(row.what, row.message_id) for row in Delivery.objects.order_by("pk")]


def test_every_act_is_told_or_said_here_not_to_be():
    assert set(WHATS) | NOT_TOLD == set(Act)
    assert set(WHATS) & NOT_TOLD == set()
    assert set(WHATS.values()) == set(What)
    assert set(STILL) - NOT_TOLD == {Act.EXTEND, Act.ESCALATE}  # these leave the state and change the date


def test_the_event_holds_what_anybody_may_know_and_no_more(cast):
    subscribe(cast, events=[What.RECEIVED])
    matter = cast.matter(place=cast.places["group"], address="青石村一组 3 号", email="wang@example.com")
    row = Delivery.objects.get()
    assert (row.what, row.about, row.at) == ("matter.received", matter.number, NOON)
    assert json.loads(row.body) == {
        "type": "matter.received",
        "timestamp": "2026-09-29T12:00:00+08:00",
        "data": {
            "county": "990101",
            "number": matter.number,
            "version": 1,
            "state": "RECEIVED",
            "kind": {"code": "WATER-OUT", "name": matter.kind.name_zh},
            "place": {"code": "990101101201", "name": "青石村"},
            "office": None,
            "received_at": "2026-09-29T12:00:00+08:00",
            "due_at": matter.clock_due_at.astimezone(NOON.tzinfo).isoformat(timespec="seconds"),
            "answered_at": None,
            "closed_at": None,
        },
    }
    for words in ("停水两天", "王桂芳", "13900000001", "wang@", "一组", "990101101201" + "01"):
        assert words not in row.body


def test_each_step_is_told_once_in_the_order_of_its_version(cast):
    subscribe(cast, events=list(What))
    matter = cast.matter(State.PUBLISHED)
    assert told() == [
        (f"matter.{what}", f"evt_990101_{matter.number}_{version}")
        for version, what in enumerate(
            ["received", "classified", "dispatched", "accepted", "answered", "rated", "published"], 1
        )
    ]
    last = json.loads(Delivery.objects.last().body)["data"]
    assert (last["state"], last["office"]) == ("PUBLISHED", {"code": "WATER", "name": "县水利局"})


def test_only_what_was_asked_for_is_told(cast):
    subscribe(cast, events=[What.ANSWERED])
    subscribe(cast, events=[What.ANSWERED, What.RECEIVED], name="市平台")
    cast.matter(State.ANSWERED)
    assert [(row.endpoint.name, row.what) for row in Delivery.objects.select_related("endpoint").order_by("pk")] == [
        ("市平台", "matter.received"), ("县大数据中心", "matter.answered"), ("市平台", "matter.answered"),
    ]  # fmt: skip


def test_late_is_told_once_however_far_it_climbs(cast):
    subscribe(cast, events=[What.OVERDUE])
    matter = cast.matter(State.HANDLED)
    for day in (1, 10):
        journey.escalate_matter(matter, by=CLOCK, now=matter.clock_due_at + timedelta(days=day))
    assert matter.escalated == 2
    assert told() == [("matter.overdue", f"evt_990101_{matter.number}_{matter.version - 1}")]


def test_a_slip_taken_back_is_told(cast):
    subscribe(cast, events=[What.CLASSIFIED, What.UNDONE])
    matter = cast.matter(State.CLASSIFIED)
    journey.undo_move(matter, by=cast.li, now=NOON + timedelta(seconds=5))
    assert [what for what, _id in told()] == ["matter.classified", "matter.undone"]
    assert json.loads(Delivery.objects.last().body)["data"]["state"] == "RECEIVED"


def test_an_act_that_is_refused_or_rolled_back_tells_nobody(cast):
    subscribe(cast, events=list(What))
    with pytest.raises(Refused):
        journey.receive_matter(cast.draft(text=""), by=RESIDENT, now=NOON)
    with transaction.atomic():
        cast.matter(State.CLASSIFIED)
        transaction.set_rollback(True)
    assert told() == []


def cost_of(act):
    act()  # what a process keeps for some seconds is read
    with CaptureQueriesContext(connection) as seen:
        act()
    return len(seen)


def test_it_costs_no_statement_where_nobody_has_asked(cast):
    """On PostgreSQL all rows of intake travel in one statement, those of the programs too."""

    def receive():
        journey.receive_matter(cast.draft(channel=Channel.API), by=RESIDENT, now=NOON)

    before = cost_of(receive)
    subscribe(cast, events=[What.ANSWERED])
    assert cost_of(receive) == before
    subscribe(cast, events=[What.RECEIVED])
    assert cost_of(receive) == (before if connection.vendor == "postgresql" else before + 1)
    assert Matter.objects.count() == 6
    assert Delivery.objects.count() == 2
