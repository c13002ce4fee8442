"""One test walks the whole way; another tries every act in every state."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.cast import NOON, REPLY
from weimin.county.actors import CLOCK, RESIDENT
from weimin.kernel.limits import Limit
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.ledger.services import verify
from weimin.matters import journey, queries, tallies
from weimin.matters.journey._core import content_of
from weimin.matters.models import Appeal, Event, Matter
from weimin.matters.states import (
    ALLOWED,
    CLOSED_STATES,
    STILL,
    Act,
    ContactOutcome,
    Grade,
    Missed,
    PauseReason,
    Resolved,
    State,
)

LATE = NOON + timedelta(days=60)

# Act → (its verb called on a matter, the states it may end in).
ACTS = {
    Act.CLASSIFY: lambda c, m: journey.classify_matter(m, kind=m.kind, by=c.li, now=NOON),
    Act.DISPATCH: lambda c, m: journey.dispatch_matter(m, office=c.offices["WATER"], by=c.li, now=NOON),
    Act.ACCEPT: lambda c, m: journey.accept_matter(m, by=c.sun, now=NOON),
    Act.RETURN: lambda c, m: journey.return_matter(m, reason="不归我们管。", by=c.sun, now=NOON),
    Act.CONTACT: lambda c, m: journey.contact_resident(
        m, at=NOON, channel="PHONE", outcome=ContactOutcome.REACHED, words="", by=c.acting("li", NOON), now=NOON
    ),
    Act.NOTE: lambda c, m: journey.add_note(m, words="又停了一次。", by=RESIDENT, now=NOON),
    Act.PAUSE: lambda c, m: journey.pause_matter(
        m, reason=PauseReason.TESTING, words="送检。", limit=Limit.parse("5N"), by=c.sun, now=NOON
    ),
    Act.RESUME: lambda c, m: journey.resume_matter(m, by=CLOCK, now=NOON),
    Act.EXTEND: lambda c, m: journey.extend_matter(m, reason="等配件。", by=c.zhang, now=NOON),
    Act.ESCALATE: lambda c, m: journey.escalate_matter(m, by=CLOCK, now=LATE),
    Act.ANSWER: lambda c, m: journey.answer_matter(m, reply=REPLY, by=c.sun, now=NOON),
    Act.RATE: lambda c, m: journey.rate_matter(m, grade=Grade.SATISFIED, resolved=Resolved.YES, by=RESIDENT, now=NOON),
    Act.CALL_BACK: lambda c, m: journey.call_back(
        m, reached=True, resolved=Resolved.YES, satisfied=True, by=c.caller, now=NOON
    ),
    Act.REOPEN: lambda c, m: journey.reopen_matter(m, reason="又坏了。", by=RESIDENT, now=NOON),
    Act.CLOSE: lambda c, m: journey.close_matter(
        m, reason="只涉及一户。", by=CLOCK if m.state == State.ANSWERED else c.publisher, now=LATE
    ),
    Act.PUBLISH: lambda c, m: journey.publish_matter(
        m, title="停水", asked="停水两天。", done="已修好。", by=c.publisher, now=NOON
    ),
    Act.UNPUBLISH: lambda c, m: journey.unpublish_matter(m, reason="写了地址。", by=c.publisher, now=NOON),
    Act.MERGE: lambda c, m: journey.merge_matter(m, main=c.matter(State.HANDLED), reason="同一处。", by=c.li, now=NOON),
    Act.SPLIT: lambda c, m: journey.split_matter(m, reason="不是同一处。", by=c.li, now=NOON),
    Act.ASK_HELP: lambda c, m: journey.ask_for_help(
        m, office=c.offices["ROADS"], words="请恢复路面。", by=c.li, now=NOON
    ),
    Act.CHASE: lambda c, m: journey.chase_matter(m, missed=Missed.CONTACT, by=CLOCK, now=LATE),
    Act.WITHDRAW: lambda c, m: journey.withdraw_matter(m, by=RESIDENT, now=NOON),
    Act.REFUSE: lambda c, m: journey.refuse_matter(
        m, reply=REPLY, by=c.sun if m.state == State.HANDLED else c.li, now=NOON
    ),
    Act.APPEAL: lambda c, m: journey.appeal_matter(m, words="不服。", by=RESIDENT, now=NOON),
    Act.DECIDE: lambda c, m: journey.decide_appeal(
        m, outcome=Appeal.Outcome.UPHELD, facts="查清。", reasons="处理得当。", rule="条例", by=c.reviewer, now=NOON
    ),
    Act.UNDO: lambda c, m: journey.undo_move(m, by=who_moved(c, m), now=NOON),
    Act.RECOMPUTE: lambda c, m: journey.recompute_clock(m, by=CLOCK, now=NOON),
}


def who_moved(cast, matter):
    """Who did the last act that can be taken back."""
    return {State.HANDLED: cast.sun, State.CLOSED: cast.publisher}.get(matter.state, cast.li)


def may(act, state):
    """Whether the table lets an official, a resident or the clock do this act here, as ACTS calls it."""
    if act == Act.ANSWER and state in (State.RATED, State.MERGED):
        return False  # needs a follow-up, or an answered main matter: told in their own stories
    if (act, state) in ((Act.REFUSE, State.MERGED), (Act.CHASE, State.RATED)):
        return False  # needs a refused main matter, or a follow-up: told in their own stories
    return any(a == act and start == state for a, start, _goal in ALLOWED) or state in STILL.get(act, ())


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("act", list(ACTS))
def test_only_listed_moves_happen_and_each_leaves_one_entry(cast, act, state):
    matter = cast.matter(State(state))
    others = 4 if act == Act.MERGE else 0  # the main matter it is merged into is walked there by four acts
    before, events, version = Entry.objects.count(), Event.objects.count(), matter.version
    happened = True
    try:
        ACTS[act](cast, matter)
    except Refused:
        happened = False
    assert happened is may(act, State(state))
    assert Entry.objects.count() - before - others == happened
    assert Event.objects.count() - events - others == happened
    assert Matter.objects.get(pk=matter.pk).version - version == happened


@pytest.mark.parametrize("state", State.values)
def test_open_means_one_owner_and_one_clock(cast, state):
    matter = Matter.objects.get(pk=cast.matter(State(state)).pk)
    is_open = State(state) not in CLOSED_STATES
    assert (matter.owner_id is not None, matter.clock_due_at is not None, matter.clock != "") == (is_open,) * 3


def test_the_whole_way_is_provable_and_counted(cast):
    matter = cast.matter(State.PUBLISHED)
    told = [event.act for event in queries.timeline(matter)]
    assert told == ["RECEIVE", "CLASSIFY", "DISPATCH", "ACCEPT", "ANSWER", "RATE", "PUBLISH"]
    entries = list(Entry.objects.filter(about=f"matter:{matter.number}").order_by("id"))
    for event, entry in zip(queries.timeline(matter), entries, strict=True):
        content = content_of(event, matter.number, entry.by)
        assert verify(content=content, salt=bytes(event.salt), commitment=entry.commitment)
    month = tallies.month(NOON)
    counted = queries.tally("state:PUBLISHED", "state:RATED", f"month:{month}:received", f"month:{month}:satisfied")
    assert list(counted.values()) == [1, 0, 1, 1]
    assert queries.board().get().number == matter.number


def test_counts_equal_a_recount(cast):
    for state in State:
        cast.matter(state)
    recount = Counter(f"state:{state}" for state in Matter.objects.values_list("state", flat=True))
    assert queries.tally(*(f"state:{state}" for state in State)) == {
        f"state:{state}": recount[f"state:{state}"] for state in State
    }


def test_a_broken_ledger_saves_nothing(cast, monkeypatch):
    def broken(_act):
        raise OSError("disk full")

    monkeypatch.setattr("weimin.ledger.services.entry_of", broken)
    with pytest.raises(OSError, match="disk full"):
        journey.receive_matter(cast.draft(), by=RESIDENT, now=NOON)
    assert (Matter.objects.count(), Event.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_the_second_of_two_clerks_is_told(cast):
    matter = cast.matter(State.DISPATCHED)
    stale = Matter.objects.get(pk=matter.pk)
    journey.accept_matter(matter, by=cast.sun, now=NOON)
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        journey.accept_matter(stale, by=cast.zhang, now=NOON)
    assert refused.value.code == "MOVED_ON"
    assert Entry.objects.count() == before


def test_an_auditor_changes_nothing(cast):
    matter = cast.matter()
    with pytest.raises(Refused) as refused:
        journey.add_note(matter, words="看过了。", by=cast.auditor, now=NOON)
    assert (refused.value.code, Matter.objects.get().version) == ("NOT_YOUR_DUTY", 1)
