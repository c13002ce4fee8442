"""Fifty races of two who act on the same matter at once: one wins, the other is told, nothing is left over."""

import os
from collections import Counter
from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.matters.test_threads import at_once, told
from weimin.county.actors import RESIDENT
from weimin.county.models import Holding
from weimin.county.services import end_holding
from weimin.ledger.models import Entry
from weimin.matters import journey, tallies
from weimin.matters.models import Event, Matter
from weimin.matters.proofs import open_timelines
from weimin.matters.states import State

pytestmark = pytest.mark.django_db(transaction=True)

RACES = int(os.environ.get("WEIMIN_RACES", "50"))


@pytest.fixture(autouse=True)
def _told_as_run(record_property):
    record_property("races", RACES)


def race(cast, state, first, second):
    """Both have read the same version; who won, by their place, and how often."""
    won = Counter()
    for _race in range(RACES):
        matter = cast.matter(state)
        seen = [Matter.objects.get(pk=matter.pk) for _each in range(2)]
        before = Entry.objects.count()
        acts = (first, second)
        outcomes = at_once(2, lambda n: told(lambda: acts[n](seen[n])))  # noqa: B023 -- called at once
        assert sorted(outcomes) == ["MOVED_ON", "done"]
        assert Entry.objects.count() - before == 1
        won[outcomes.index("done")] += 1
    assert open_timelines().unproved == []
    assert tallies.differences() == {}
    return won.total()


def test_of_two_who_approve_an_extension_one_does(cast):
    def extend(by):
        return lambda matter: journey.extend_matter(matter, reason="主管道要换。", by=by, now=NOON)

    assert race(cast, State.HANDLED, extend(cast.zhang), extend(cast.leader)) == RACES
    assert Event.objects.filter(act="EXTEND").count() == RACES


def test_an_extension_is_approved_or_the_matter_withdrawn_never_both(cast):
    def extend(matter):
        return journey.extend_matter(matter, reason="主管道要换。", by=cast.zhang, now=NOON)

    def withdraw(matter):
        return journey.withdraw_matter(matter, by=RESIDENT, now=NOON)

    assert race(cast, State.HANDLED, extend, withdraw) == RACES
    assert Event.objects.filter(act__in=("EXTEND", "WITHDRAW")).count() == RACES


def test_a_matter_is_merged_or_withdrawn_never_both(cast):
    main = cast.matter(State.HANDLED)

    def merge(matter):
        return journey.merge_matter(matter, main=main, reason="同一处漏水。", by=cast.li, now=NOON)

    def withdraw(matter):
        return journey.withdraw_matter(matter, by=RESIDENT, now=NOON)

    assert race(cast, State.RECEIVED, merge, withdraw) == RACES
    assert Event.objects.filter(act__in=("MERGE", "WITHDRAW")).count() == RACES
    assert Matter.objects.filter(state__in=(State.MERGED, State.WITHDRAWN)).count() == RACES


def test_a_post_that_ends_in_mid_request_is_gone_at_the_next(cast):
    """A request begun before may still finish; the one after it may not."""
    holding = Holding.objects.get(official=cast.officials["sun"], post=cast.posts["WATER-02"])
    before = {"to_on": holding.to_on}

    def end(_matter):
        fresh = Holding.objects.get(pk=holding.pk)
        return told(lambda: end_holding(fresh, to_on=NOON.date() - timedelta(days=1), by=cast.keeper, now=NOON))

    def accept(matter):
        return told(lambda: journey.accept_matter(matter, by=cast.acting("sun", NOON), now=NOON))

    for _race in range(RACES):
        matters = [cast.matter(State.DISPATCHED) for _each in range(2)]
        outcomes = at_once(2, lambda n: (end, accept)[n](matters[0]))  # noqa: B023 -- called at once
        assert outcomes[0] == "done"
        assert outcomes[1] in ("done", "NOT_YOUR_DUTY", "NOT_YOUR_OFFICE")
        assert accept(matters[1]) in ("NOT_YOUR_DUTY", "NOT_YOUR_OFFICE")
        assert cast.acting("sun", NOON).posts == ()
        Holding.objects.filter(pk=holding.pk).update(**before)  # and back on the post, for the next race
    assert open_timelines().unproved == []
