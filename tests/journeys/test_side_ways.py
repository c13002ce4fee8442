"""Each side way as a story of its own, with the rules that hold on it."""

from datetime import datetime, timedelta

import pytest

from tests.cast import NOON, REPLY
from tests.journeys.people import ANSWERED
from weimin.county.actors import RESIDENT
from weimin.kernel.clock import COUNTY_TIME
from weimin.kernel.limits import Limit
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.matters import journey, queries
from weimin.matters.models import Appeal, Event, FollowUp, Matter
from weimin.matters.states import Clock, ContactOutcome, Grade, PauseReason, Resolved, State
from weimin.matters.tasks import run_due
from weimin.notices.models import Notice


def at(*parts):
    return datetime(*parts, tzinfo=COUNTY_TIME)


def end_of(*day):
    return at(*day, 23, 59, 59)


def refused(act):
    with pytest.raises(Refused) as told:
        act()
    return told.value.code


def told_resident(matter):
    """What the resident was sent last."""
    return Notice.objects.filter(about=f"matter:{matter.number}", resident__isnull=False).order_by("-pk").first().body


# --- returned -------------------------------------------------------------------------------------------------------


def test_the_second_return_goes_to_the_duty_leader_whose_choice_stands(cast):
    matter = cast.matter(State.RETURNED)
    assert (matter.returns, matter.owner.code) == (1, "QS-01")  # the first taker still owns it
    journey.dispatch_matter(matter, office=cast.offices["ROADS"], by=cast.li, now=NOON)
    journey.return_matter(matter, reason="不是路面的事。", by=cast.roads, now=NOON)
    assert (matter.returns, matter.owner.code) == (2, "LEAD-01")
    again = {"office": cast.offices["WATER"], "now": NOON}
    assert refused(lambda: journey.dispatch_matter(matter, by=cast.li, **again)) == "NOT_YOUR_DUTY"
    journey.dispatch_matter(matter, by=cast.leader, **again)
    assert refused(lambda: journey.return_matter(matter, reason="再退。", by=cast.sun, now=NOON)) == "RETURNED_TWICE"
    journey.accept_matter(matter, by=cast.sun, now=NOON)
    assert (matter.state, matter.owner.code) == (State.HANDLED, "WATER-02")


@pytest.mark.parametrize(("moment", "outcome"), [(end_of(2026, 10, 12), "RETURNED"), (at(2026, 10, 13), "too late")])
def test_a_return_has_five_working_days(cast, moment, outcome):
    matter = cast.matter(State.DISPATCHED)

    def give_back():
        journey.return_matter(matter, reason="不归我们。", by=cast.sun, now=moment)

    if outcome == "RETURNED":
        give_back()
    else:
        assert refused(give_back) == "TOO_LATE_TO_RETURN"
        assert Matter.objects.get().state == State.DISPATCHED


# --- extended, paused -----------------------------------------------------------------------------------------------


def test_an_extension_is_given_once_from_above_before_the_date_and_told(cast):
    matter = cast.matter(State.HANDLED)
    due = matter.clock_due_at
    assert due == end_of(2026, 10, 12)

    def extend(name, limit=None, now=NOON):
        journey.extend_matter(
            matter, reason="等配件。", limit=Limit.parse(limit) if limit else None, by=cast.acting(name, now), now=now
        )

    assert refused(lambda: extend("sun")) == "NOT_ABOVE"  # nobody approves their own
    assert refused(lambda: extend("roads")) == "NOT_ABOVE"  # nor another office's
    assert refused(lambda: extend("zhang", "6W")) == "EXTENSION_TOO_LONG"
    assert refused(lambda: extend("zhang", now=due + timedelta(seconds=1))) == "PAST_DUE"
    assert Matter.objects.get().clock_due_at == due
    extend("zhang", "5W", now=due)
    assert matter.clock_due_at == end_of(2026, 10, 19)
    assert "等配件" in told_resident(matter)
    assert "10 月 19 日" in told_resident(matter) or "10月19日" in told_resident(matter)
    assert refused(lambda: extend("leader")) == "EXTENDED_ALREADY"


def test_a_pause_is_left_out_of_the_answer_clock(cast):
    matter = cast.matter(State.HANDLED)
    begun, ended = at(2026, 9, 30, 9), at(2026, 10, 9, 9)
    journey.pause_matter(
        matter, reason=PauseReason.TESTING, words="水质送检。", limit=Limit.parse("20N"), by=cast.sun, now=begun
    )
    assert (matter.state, matter.clock) == (State.PAUSED, Clock.PAUSE)
    journey.resume_matter(matter, by=cast.acting("sun", ended), now=ended)
    assert (matter.state, matter.clock, matter.clock_started_at) == (State.HANDLED, Clock.ANSWER, NOON)
    assert matter.clock_due_at > end_of(2026, 10, 12)
    assert matter.clock_pauses == [[begun.isoformat(), ended.isoformat(), "TESTING"]]


def test_a_pause_longer_than_the_rule_is_refused(cast):
    matter = cast.matter(State.HANDLED)
    long = {"reason": PauseReason.TESTING, "words": "送检。", "limit": Limit.parse("31N"), "by": cast.sun, "now": NOON}
    assert refused(lambda: journey.pause_matter(matter, **long)) == "PAUSE_TOO_LONG"


# --- rated low ------------------------------------------------------------------------------------------------------


def dissatisfied(cast):
    matter = cast.matter(State.ANSWERED)
    journey.rate_matter(matter, grade=Grade.DISSATISFIED, resolved=Resolved.NO, words="没修。", by=RESIDENT, now=NOON)
    return matter, FollowUp.objects.get()


def test_a_dissatisfied_rating_is_followed_to_its_end_by_three_dates(cast):
    matter, follow_up = dissatisfied(cast)
    dates = (follow_up.contact_due_at, follow_up.reply_due_at, follow_up.rectify_due_at)
    # 1, 5 and 15 working days: the holiday is left out, 10 October is made up
    assert dates == (end_of(2026, 9, 30), end_of(2026, 10, 12), end_of(2026, 10, 26))
    assert (matter.owner.code, matter.clock, matter.clock_due_at) == ("WATER-02", Clock.RECTIFY, dates[2])
    told = Notice.objects.filter(official=cast.officials["sun"]).order_by("-pk").first()
    assert matter.number in told.body

    shown = {"title": "停水", "asked": "停水。", "done": "修好。", "by": cast.publisher, "now": NOON}
    assert refused(lambda: journey.publish_matter(matter, **shown)) == "FOLLOW_UP_OPEN"
    assert (
        refused(lambda: journey.close_matter(matter, reason="一户。", by=cast.publisher, now=NOON)) == "FOLLOW_UP_OPEN"
    )

    called, again = at(2026, 9, 30, 9), at(2026, 10, 9, 9)
    said = {"channel": "PHONE", "words": "", "by": cast.sun, "now": called}
    journey.contact_resident(matter, at=called, outcome=ContactOutcome.NO_ANSWER, **said)
    assert FollowUp.objects.get().contacted_at is None  # only reaching them counts
    journey.contact_resident(matter, at=called, outcome=ContactOutcome.REACHED, **said)
    journey.answer_matter(matter, reply=REPLY, by=cast.acting("sun", again), now=again)
    done = FollowUp.objects.get()
    assert (done.contacted_at, done.replied_at, done.rectified_at) == (called, again, again)

    journey.rate_matter(matter, grade=Grade.SATISFIED, resolved=Resolved.YES, by=RESIDENT, now=again)
    assert (matter.state, matter.owner.code, matter.clock) == (State.RATED, "HALL-03", Clock.PUBLISH)
    assert [rating.grade for rating in matter.ratings.order_by("pk")] == [2, 4]


def test_a_content_resident_is_not_answered_twice(cast):
    matter = cast.matter(State.RATED)
    assert refused(lambda: journey.answer_matter(matter, reply=REPLY, by=cast.sun, now=NOON)) == "NOT_NOW"


def test_a_call_back_is_made_by_somebody_else(cast):
    matter = cast.matter(State.ANSWERED)
    for name in ("sun", "zhang"):
        by = cast.acting(name, NOON)
        assert refused(lambda by=by: journey.call_back(matter, reached=False, by=by, now=NOON)) == "NOT_YOUR_DUTY"
    half = {"reached": True, "resolved": Resolved.YES, "by": cast.caller, "now": NOON}
    assert refused(lambda: journey.call_back(matter, **half)) == "INCOMPLETE"
    journey.call_back(matter, satisfied=False, **half)
    counted = queries.tally("month:2609:called_back", "month:2609:callback_satisfied", "month:2609:callback_resolved")
    assert list(counted.values()) == [1, 0, 1]


# --- appealed -------------------------------------------------------------------------------------------------------


def decide(cast, matter, outcome, now):
    by = cast.acting("reviewer", now)
    return journey.decide_appeal(matter, outcome=outcome, facts="查清。", reasons="有据。", rule="条例", by=by, now=now)


def test_an_appeal_goes_through_both_rounds_and_then_is_final(cast):
    matter = cast.matter(State.ANSWERED)
    for round_, asked in ((1, at(2026, 10, 20, 9)), (2, at(2026, 11, 25, 9))):
        journey.appeal_matter(matter, words="水还是浑的。", by=RESIDENT, now=asked)
        assert (matter.state, matter.appeal_round, matter.owner.code) == (State.APPEALED, round_, "XF-01")
        assert matter.clock_due_at >= end_of(*(asked + timedelta(days=30)).timetuple()[:3])
        decide(cast, matter, Appeal.Outcome.UPHELD, asked + timedelta(days=7))
        assert (matter.state, matter.owner, matter.clock) == (State.CLOSED, None, "")
    assert "最终" in told_resident(matter)
    assert refused(lambda: journey.appeal_matter(matter, words="再来。", by=RESIDENT, now=asked)) == "FINAL"
    assert [appeal.round for appeal in Appeal.objects.order_by("round")] == [1, 2]


def test_an_appeal_is_asked_within_thirty_days(cast):
    matter = cast.matter(State.REFUSED)
    late = at(2026, 10, 30)
    assert (
        refused(lambda: journey.appeal_matter(matter, words="应当受理。", by=RESIDENT, now=late))
        == "TOO_LATE_TO_APPEAL"
    )
    journey.appeal_matter(matter, words="应当受理。", by=RESIDENT, now=at(2026, 10, 29, 23))
    decide(cast, matter, Appeal.Outcome.SET_ASIDE, at(2026, 11, 9, 9))
    assert (matter.state, matter.owner.code) == (State.CLASSIFIED, "QS-01")  # an office is to be found


def test_an_answer_given_anew_after_a_review_opens_thirty_days_of_its_own(cast):
    matter = cast.matter(State.APPEALED)
    decide(cast, matter, Appeal.Outcome.SET_ASIDE, at(2026, 10, 9, 9))
    assert (matter.state, matter.owner.code, matter.clock) == (State.HANDLED, "WATER-02", Clock.ANSWER)
    again = at(2026, 11, 20, 9)  # late, and more than thirty days after the decision
    journey.answer_matter(matter, reply=REPLY, by=cast.acting("sun", again), now=again)
    journey.appeal_matter(matter, words="还是一样。", by=RESIDENT, now=at(2026, 12, 10, 9))
    assert (matter.state, matter.appeal_round) == (State.APPEALED, 2)


def test_only_the_resident_appeals_rates_withdraws_and_reopens(cast):
    acts = {
        State.ANSWERED: [
            lambda m: journey.appeal_matter(m, words="代申请。", by=cast.li, now=NOON),
            lambda m: journey.rate_matter(m, grade=Grade.SATISFIED, resolved=Resolved.YES, by=cast.sun, now=NOON),
            lambda m: journey.reopen_matter(m, reason="代申请。", by=cast.li, now=NOON),
        ],
        State.HANDLED: [lambda m: journey.withdraw_matter(m, by=cast.sun, now=NOON)],
    }
    for state, tried in acts.items():
        matter = cast.matter(state)
        assert {refused(lambda act=act, m=matter: act(m)) for act in tried} == {"RESIDENT_ONLY"}


# --- late -----------------------------------------------------------------------------------------------------------


def test_a_new_clock_climbs_from_the_first_post_again(cast):
    matter = cast.matter(State.HANDLED)
    late = at(2026, 10, 13, 9)
    run_due(now=late)
    assert Matter.objects.get().escalated == 1
    matter = Matter.objects.get()
    journey.answer_matter(matter, reply=REPLY, by=cast.acting("sun", late), now=late)
    journey.rate_matter(matter, grade=Grade.SATISFIED, resolved=Resolved.YES, by=RESIDENT, now=late)
    assert matter.escalated == 0
    due = matter.clock_due_at
    run_due(now=due + timedelta(seconds=2))
    last = Event.objects.filter(matter=matter, act="ESCALATE").order_by("-pk").first()
    assert (last.data["to"], last.data["clock"]) == ("LEAD-01", Clock.PUBLISH)


# --- merged, withdrawn, reopened on the pages -----------------------------------------------------------------------


def test_a_resident_reopens_on_the_page_and_the_office_starts_afresh(cast, desk, resident):
    matter = cast.matter(State.ANSWERED)
    again = resident(matter.number).comes_back().says("reopen", reason="又漏了。")
    assert (again.state, again.reopened, again.owner.code, again.clock) == ("HANDLED", 1, "WATER-02", Clock.ANSWER)
    assert desk("sun").act(matter.number, "answer", **ANSWERED).state == State.ANSWERED


def test_a_matter_withdrawn_is_left_alone(cast, desk, resident):
    matter = cast.matter(State.DISPATCHED)
    gone = resident(matter.number).comes_back().says("withdraw", reason="自己修好了。")
    assert (gone.state, gone.owner, gone.clock) == (State.WITHDRAWN, None, "")
    before = Entry.objects.count()
    assert desk("sun").refused(matter.number, "accept") != []
    assert Entry.objects.count() == before
