"""A slip of the hand is taken back within ten seconds, by who made it, while nobody has been told."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.cast import NOON
from tests.staff import enter
from weimin.county.actors import CLOCK
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.matters import journey, queries
from weimin.matters.models import Matter
from weimin.matters.states import UNDOABLE, Act, State
from weimin.notices.models import Notice

LATER = NOON + timedelta(hours=1)
AT_ONCE = timedelta(seconds=10)
# What a reader of the row sees of before and after; version and the moment of change go on.
KEPT = [
    field.attname
    for field in Matter._meta.concrete_fields
    if field.attname not in {"version", "changed_at", "closed_at"}
]


def row(matter):
    return Matter.objects.values(*KEPT).get(pk=matter.pk)


def standing():
    """Running counts of what stands where; those of months only grow."""
    return {key: n for key, n in queries.tallies_under("").items() if n and "month:" not in key}


def acted(cast, act):
    """A matter to which the act happened, what it was like before, and who did it."""
    start, who, does = {
        Act.CLASSIFY: (State.RECEIVED, cast.li, lambda m: journey.classify_matter(
            m, kind=cast.kinds["ROADS-HOLE"], urgency=cast.urgencies["LIFE"], place=cast.places["dawan"],
            by=cast.li, now=LATER)),
        Act.ACCEPT: (State.DISPATCHED, cast.sun, lambda m: journey.accept_matter(m, by=cast.sun, now=LATER)),
        Act.RESUME: (State.PAUSED, cast.sun, lambda m: journey.resume_matter(m, by=cast.sun, now=LATER)),
        Act.CLOSE: (State.RATED, cast.publisher, lambda m: journey.close_matter(
            m, reason="只涉及一户。", by=cast.publisher, now=LATER)),
    }[act]  # fmt: skip
    matter = cast.matter(start)
    before = row(matter) | {"counts": standing()}
    does(matter)
    return matter, before, who


@pytest.mark.parametrize("act", sorted(UNDOABLE))
def test_what_may_be_undone_told_nobody_and_is_as_it_was(cast, act):
    cast.matter()  # the counts of others stay
    matter, before, who = acted(cast, act)
    told = Notice.objects.count()
    queued = Notice.objects.filter(once__startswith=f"{matter.number}:{matter.version}:")
    assert not queued.exists()
    entries = Entry.objects.count()
    journey.undo_move(matter, by=who, now=LATER + AT_ONCE)
    assert row(matter) | {"counts": standing()} == before
    assert Entry.objects.count() == entries + 1
    assert [event.act for event in queries.timeline(matter)][-2:] == [act, Act.UNDO]
    assert Notice.objects.count() == told


def refusal_of(matter, *, by, now):
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        journey.undo_move(matter, by=by, now=now)
    assert Entry.objects.count() == before
    return refused.value.code


def test_after_ten_seconds_it_stands(cast):
    matter, _before, who = acted(cast, Act.CLASSIFY)
    assert refusal_of(matter, by=who, now=LATER + AT_ONCE + timedelta(seconds=1)) == "TOO_LATE_TO_UNDO"


def test_only_who_did_it_takes_it_back(cast):
    matter, _before, _who = acted(cast, Act.CLASSIFY)
    assert refusal_of(matter, by=cast.hotline, now=LATER) == "TOO_LATE_TO_UNDO"
    assert refusal_of(matter, by=CLOCK, now=LATER) == "TOO_LATE_TO_UNDO"


def test_only_the_last_act_is_taken_back(cast):
    matter, _before, who = acted(cast, Act.ACCEPT)
    journey.add_note(matter, words="已约明天。", internal=True, by=who, now=LATER)
    assert refusal_of(matter, by=who, now=LATER) == "TOO_LATE_TO_UNDO"


def test_an_undone_act_is_not_undone_again(cast):
    matter, _before, who = acted(cast, Act.ACCEPT)
    journey.undo_move(matter, by=who, now=LATER)
    assert refusal_of(matter, by=who, now=LATER) == "TOO_LATE_TO_UNDO"


def test_what_told_somebody_stands(cast):
    matter = cast.matter(State.DISPATCHED)
    assert refusal_of(matter, by=cast.li, now=NOON) == "TOO_LATE_TO_UNDO"


def test_the_clock_closes_and_nobody_undoes_it(cast):
    matter = cast.matter(State.ANSWERED)
    passed = NOON + timedelta(days=60)
    journey.close_matter(matter, by=CLOCK, now=passed)
    assert refusal_of(matter, by=cast.acting("publisher", passed), now=passed) == "TOO_LATE_TO_UNDO"


def test_who_was_first_wins(cast):
    matter, _before, who = acted(cast, Act.CLASSIFY)
    stale = Matter.objects.get(pk=matter.pk)
    stale.version -= 1
    assert refusal_of(stale, by=who, now=LATER) == "MOVED_ON"


@pytest.fixture
def li_min(cast, monkeypatch):
    """Li Min at her desk; `time.at(seconds)` sets how long after the act it is."""
    clock = [LATER]
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: clock[0])
    client = enter(Client(), cast.officials["li"])
    client.after = lambda seconds: clock.__setitem__(0, LATER + timedelta(seconds=seconds))
    return client


def test_the_desk_offers_it_for_ten_seconds_and_refuses_it_in_words_afterwards(cast, li_min):
    matter, before, _who = acted(cast, Act.CLASSIFY)
    address = f"/desk/matters/{matter.number}/"
    li_min.after(4)
    assert 'data-seconds="6"' in li_min.get(address).content.decode()
    li_min.after(12)
    assert "undo/" not in li_min.get(address).content.decode()
    late = li_min.post(f"{address}undo/", follow=True).content.decode()
    assert "已不能撤销" in late and row(matter)["state"] == State.CLASSIFIED
    li_min.after(9)
    done = li_min.post(f"{address}undo/", follow=True).content.decode()
    assert "已撤销，恢复到之前" in done and row(matter) | {"counts": standing()} == before
