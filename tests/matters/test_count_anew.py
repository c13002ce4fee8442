"""The nightly count: what the running counts say, held against every matter; and timelines against the ledger."""

import json
import logging
from collections import Counter
from datetime import timedelta

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON, REPLY
from weimin.matters import journey, late, queries, tallies
from weimin.matters.models import Event, Matter, Tally
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


# --- what is past its date ------------------------------------------------------------------------------------------


def searched(now):
    """The same by looking at every matter."""
    rows = Matter.objects.filter(clock_due_at__lt=now).values_list("lead_id", "state", "clock")
    return Counter(rows)


def test_what_is_late_is_what_a_search_finds_at_every_moment_folded_or_not(cast):
    found = [cast.matter(state) for state in State]
    ends = sorted({matter.clock_due_at for matter in found if matter.clock_due_at})
    moments = [end + timedelta(seconds=more) for end in ends for more in (-3600, 0, 1, 3600, 86400 * 3)]
    assert {sum(searched(moment).values()) for moment in moments} >= {0, 9}
    for moment in moments:
        assert +late.late(now=moment) == searched(moment), moment
    late.fold(now=ends[2])
    for moment in moments[10:]:
        assert +late.late(now=moment) == searched(moment), moment


def test_folding_leaves_one_row_and_changes_no_sum_and_acts_go_on(cast):
    here, there = (cast.matter(State.HANDLED) for _n in range(2))
    now = here.clock_due_at + timedelta(days=40)
    key = f"due:{tallies.hour(here.clock_due_at)}:{here.lead_id}:HANDLED:ANSWER"
    Tally.objects.filter(key=key).delete()
    Tally.objects.bulk_create([Tally(key=key, slot=slot, n=n) for slot, n in ((3, 5), (4, -3))])
    assert (late.fold(now=now), late.fold(now=now)) == (5, 1)  # three stand at 0: the states before
    assert queries.tallies_under("due:") == {f"due:00000000:{here.lead_id}:HANDLED:ANSWER": 2}
    assert tallies.differences() == {}
    journey.answer_matter(there, reply=REPLY, by=cast.sun, now=now)
    assert late.late(now=now)[here.lead_id, "HANDLED", "ANSWER"] == 1
    assert tallies.differences() == {}


def test_a_count_that_an_earlier_version_did_not_keep_is_mended_by_command(cast, capsys):
    matter = cast.matter(State.HANDLED)
    key = f"due:{tallies.hour(matter.clock_due_at)}:{matter.lead_id}:HANDLED:ANSWER"
    Tally.objects.filter(key=key).delete()
    for words in ([], ["--mend"], []):
        call_command("count_anew", "--json", *words)
    wrong = [json.loads(line)["wrong"] for line in capsys.readouterr().out.splitlines()]
    assert wrong == [{key: -1}, {key: -1}, {}]


def test_since_when_each_step_waits(cast):
    first, _second = (cast.matter(State.HANDLED, now=NOON + timedelta(hours=n)) for n in range(2))
    assert late.open_since([State.HANDLED, State.PAUSED]) == {
        State.HANDLED: first.clock_started_at, State.PAUSED: None,
    }  # fmt: skip
