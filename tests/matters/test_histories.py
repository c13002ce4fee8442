"""Random histories: whatever people, time and chance do, what always holds holds after every step."""

import os
from collections import Counter
from datetime import timedelta

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.cast import NOON
from tests.matters.doing import Doing
from weimin.county.actors import CLOCK, RESIDENT
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.ledger.services import verify
from weimin.matters import journey, queries, tallies
from weimin.matters.journey._core import content_of
from weimin.matters.models import Event, Matter, Rating
from weimin.matters.states import CLOSED_STATES, IN_HAND, MOVES, STILL, Act, Channel, Clock, Grade

# isort: split
from weimin.matters.states import UNDOABLE, Identity, Resolved, State
from weimin.matters.tasks import run_due

HISTORIES = int(os.environ.get("WEIMIN_HISTORIES", "20"))
STEPS, MOST_MATTERS = 25, 4
BEGINNINGS = [State.RECEIVED, State.DISPATCHED, State.HANDLED, State.ANSWERED, State.RATED, State.RETURNED]
BESIDE = (Act.CONTACT, Act.EXTEND, Act.ASK_HELP, Act.SUPPORT, Act.CALL_BACK)
STANDING = ("state:", "township:", "kind:", "office:", "owner:", "due:")

acts = st.sampled_from([act for act in Act if act not in (Act.RECEIVE, Act.HAND_OVER, Act.KEEP_PROMISE, Act.UNDO)])
choice = st.integers(min_value=0, max_value=59)


class Histories(RuleBasedStateMachine):
    """One small county for one history; everything is rolled back when the history ends."""

    def __init__(self, cast, seen):
        super().__init__()
        self.cast, self.seen, self.now = cast, seen, NOON
        self.handed_over = 0
        self.around = transaction.atomic()
        self.around.__enter__()

    def teardown(self):
        if not connection.needs_rollback:  # a statement that failed has ended the history already
            self.seen.update(Event.objects.values_list("act", flat=True))
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    def doing(self):
        return Doing(self.cast, self.now, list(Matter.objects.order_by("pk")))

    def attempt(self, act):
        """An act that is refused must leave no trace: the counts of the invariants say whether it did."""
        self.seen["steps"] += 1
        try:
            act()
        except Refused:
            self.seen["refused"] += 1

    @initialize(states=st.lists(st.sampled_from(BEGINNINGS), min_size=1, max_size=2))
    def somewhere_on_the_way(self, states):
        for state in states:
            self.cast.matter(state, now=self.now)

    @rule(n=choice)
    def receive(self, n):
        if Matter.objects.count() < MOST_MATTERS:
            identity = list(Identity)[n % len(Identity)]
            place = self.cast.places[("qingshi", "dawan", "qingxi", "group")[n % 4]]
            channel = (Channel.WEB, Channel.OPEN311)[n % 2]
            draft = self.cast.draft(identity=identity, place=place, channel=channel)
            self.attempt(lambda: journey.receive_matter(draft, by=RESIDENT, now=self.now))

    @rule(act=acts, which=choice, n=choice)
    def anything(self, act, which, n):
        matters = list(Matter.objects.order_by("pk"))
        self.attempt(lambda: self.doing().do(act, matters[which % len(matters)], n))

    def likely(self, which, n):
        """An act that the table of moves knows here."""
        matters = list(Matter.objects.order_by("pk"))
        matter = matters[which % len(matters)]
        known = [move.act for move in MOVES if move.start == matter.state and move.act != Act.UNDO]
        known += [act for act in BESIDE if matter.state in STILL[act]]
        if known:
            self.attempt(lambda: self.doing().do(known[n % len(known)], matter, n))

    @rule(which=choice, n=choice)
    def one_likely_thing(self, which, n):
        self.likely(which, n)

    @rule(which=choice, n=choice)
    def a_slip_is_taken_back(self, which, n):
        """Somebody does what may be undone, where it may be done, and takes it back."""
        known = {move.start: move.act for move in MOVES if move.act in UNDOABLE}
        ready = list(Matter.objects.filter(state__in=known).order_by("pk"))
        if ready:
            matter = ready[which % len(ready)]
            self.attempt(lambda: self.doing().do(known[State(matter.state)], matter, n))
            self.attempt(lambda: self.doing().undo(matter, n))

    @rule(which=choice, first=choice, second=choice, third=choice)
    def three_likely_things(self, which, first, second, third):
        for n in (first, second, third):
            self.likely(which, n)

    @rule(hours=st.sampled_from([1, 30, 24 * 6, 24 * 16, 24 * 35]))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)
        self.seen["steps"] += 1
        run_due(now=self.now)

    @rule()
    def dates_are_counted_anew(self):
        for matter in queries.running_past(self.now.date()):
            journey.recompute_clock(matter, by=CLOCK, now=self.now)

    @rule(n=choice)
    def a_desk_is_handed_over(self, n):
        giver, receiver = [self.cast.posts[code] for code in (("WATER-02", "WATER-01"), ("QS-01", "HALL-05"))[n % 2]]
        by = self.cast.leader
        self.attempt(lambda: journey.hand_over_desk(giver, receiver=receiver, reason="调动。", by=by, now=self.now))

    # --- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def open_means_one_owner_and_one_clock(self):
        for matter in Matter.objects.all():
            is_open = State(matter.state) not in CLOSED_STATES
            assert (matter.owner_id is not None, matter.clock in Clock.values, matter.clock_due_at is not None) == (
                (is_open,) * 3
            ), matter.state
            assert (matter.closed_at is None) is is_open, matter.state

    @invariant()
    def counts_equal_a_recount(self):
        recount = Counter(key for m in Matter.objects.all() for key in tallies.standing(m, m.state))
        counted = {key: n for prefix in STANDING for key, n in queries.tallies_under(prefix).items() if n}
        assert counted == dict(recount)

    @invariant()
    def months_equal_the_timeline(self):
        told = Counter()
        for act, at in Event.objects.values_list("act", "at"):
            told[f"month:{tallies.month(at)}:{_COUNTED.get(act, '')}"] += 1
        for grade, resolved, at in Rating.objects.values_list("grade", "resolved", "at"):
            month = f"month:{tallies.month(at)}"
            told[f"{month}:satisfied"] += grade >= Grade.FAIRLY_SATISFIED
            told[f"{month}:resolved"] += resolved == Resolved.YES
        counted = queries.tallies_under("month:")
        words = {*_COUNTED.values(), "satisfied", "resolved"}
        found = {key: n for key, n in counted.items() if key.rpartition(":")[2] in words and n}
        assert found == {key: n for key, n in told.items() if n and key.rpartition(":")[2] in words}

    @invariant()
    def every_event_has_its_entry_and_every_commitment_opens(self):
        for matter in Matter.objects.all():
            events = [event for event in queries.timeline(matter) if event.act != Act.HAND_OVER]
            entries = Entry.objects.filter(about=f"matter:{matter.number}").order_by("id")
            for event, entry in zip(events, entries, strict=True):
                assert entry.what == f"matter.{event.act.lower()}"
                content = content_of(event, matter.number, entry.by)
                assert verify(content, salt=bytes(event.salt), commitment=entry.commitment)

    @invariant()
    def nobody_is_kept_waiting_for_nothing(self):
        """Helpers are asked only while a matter is in hand; a main matter is never itself merged."""
        assert not queries.supports_open().exclude(matter__state__in=IN_HAND).exists()
        assert not Matter.objects.filter(state=State.MERGED, merged_into__state=State.MERGED).exists()

    @invariant()
    def the_timeline_is_unbroken(self):
        for matter in Matter.objects.all():
            here = ""
            for event in queries.timeline(matter):
                assert event.from_state == here
                here = event.to_state
            assert here == matter.state


_COUNTED = {
    Act.RECEIVE: "received", Act.RATE: "rated", Act.PUBLISH: "published", Act.REOPEN: "reopened",
}  # fmt: skip


def test_what_always_holds_holds_in_random_histories(cast, record_property):
    seen = Counter()
    run_state_machine_as_test(
        lambda: Histories(cast, seen),
        settings=settings(
            max_examples=HISTORIES, stateful_step_count=STEPS, deadline=None, derandomize=True, database=None,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    record_property("histories", HISTORIES)
    record_property("steps", seen["steps"])
    assert seen["steps"] >= 200
    walked = {act for act in Act if seen[act]}
    assert walked >= {
        Act.DISPATCH,
        Act.ACCEPT,
        Act.ANSWER,
        Act.RATE,
        Act.PUBLISH,
        Act.REOPEN,
        Act.PAUSE,
        Act.APPEAL,
        Act.UNDO,
    }
