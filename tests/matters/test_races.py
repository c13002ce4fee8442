"""Fifty races of two who act on the same matter at once: one wins, the other is told, nothing is left over."""

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

RACES = 50


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


def test_a_post_that_ends_in_mid_request_is_gone_at_the_next(cast):
    """A request begun before may still finish; the one after it may not."""
    holding = Holding.objects.get(official=cast.officials["sun"], post=cast.posts["WATER-02"])
    matters = [cast.matter(State.DISPATCHED) for _race in range(2)]

    def end(_n):
        return told(lambda: end_holding(holding, to_on=NOON.date() - timedelta(days=1), by=cast.keeper, now=NOON))

    def accept(_n):
        return told(lambda: journey.accept_matter(matters[0], by=cast.acting("sun", NOON), now=NOON))

    outcomes = at_once(2, lambda n: (end, accept)[n](n))
    assert outcomes[0] == "done"
    assert outcomes[1] in ("done", "NOT_YOUR_DUTY", "NOT_YOUR_OFFICE")
    after = told(lambda: journey.accept_matter(matters[1], by=cast.acting("sun", NOON), now=NOON))
    assert after != "done"
    assert cast.acting("sun", NOON).posts == ()
