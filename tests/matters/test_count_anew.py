"""The nightly count: what the running counts say, held against every matter; and timelines against the ledger."""

import logging

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON
from weimin.matters import journey, tallies
from weimin.matters.models import Event, Tally
from weimin.matters.proofs import open_sample, open_timelines
from weimin.matters.states import State
from weimin.matters.tasks import count_anew


def test_counts_that_are_right_differ_in_nothing(cast):
    for state in State:
        cast.matter(state)
    with CaptureQueriesContext(connection) as seen:
        assert tallies.differences() == {}
    assert len(seen) == 1


def test_a_count_that_is_wrong_is_named_with_what_it_lacks(cast, caplog):
    matter = cast.matter(State.HANDLED)
    Tally.objects.filter(key="state:HANDLED").delete()
    Tally.objects.create(key="township:990101102:HANDLED", slot=0, n=2)
    Tally.objects.create(key=f"owner:{matter.owner_id}", slot=99, n=-1)
    wrong = {"state:HANDLED": 1, "township:990101102:HANDLED": -2, f"owner:{matter.owner_id}": 1}
    assert tallies.differences() == wrong
    with caplog.at_level(logging.ERROR):
        assert count_anew(now=NOON) == {"wrong": 3, "matters_off": 1}
    assert "the running count of state:HANDLED is -1 off" in caplog.messages
    assert tallies.differences() == wrong  # nothing is mended behind anybody's back


def test_counts_of_months_are_left_alone(cast):
    Tally.objects.create(key="month:2609:received", slot=0, n=7)
    assert tallies.differences() == {}


def test_timelines_fit_the_ledger(cast):
    for state in State:
        cast.matter(state)
    assert open_sample(most=10_000) == open_timelines()
    assert (open_timelines().lines, open_timelines().unproved) == (Event.objects.count(), [])


def test_a_desk_that_was_handed_over_fits_too(cast):
    cast.matter(State.HANDLED)
    giver, receiver = cast.posts["WATER-02"], cast.posts["WATER-01"]
    journey.hand_over_desk(giver, receiver=receiver, reason="调动。", by=cast.leader, now=NOON)
    sample, whole = open_sample(most=100), open_timelines()
    assert (sample.lines, sample.unproved) == (Event.objects.exclude(act="HAND_OVER").count(), [])
    assert (whole.lines, whole.unproved) == (Event.objects.count(), [])


def test_a_line_that_was_changed_or_taken_out_is_found(cast):
    changed, shortened, sound = (cast.matter(State.HANDLED) for _n in range(3))
    Event.objects.filter(matter=changed, act="RECEIVE").update(words="我家水压低。")
    Event.objects.filter(matter=shortened, act="ACCEPT").delete()
    broken = open_sample(most=100).unproved
    assert sorted(broken) == sorted([changed.number, shortened.number])
    assert sound.number not in broken
