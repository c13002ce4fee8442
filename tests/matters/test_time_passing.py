"""What time alone brings about."""

from datetime import date, datetime, timedelta

from tests.cast import NOON, REPLY
from weimin.county.actors import RESIDENT
from weimin.county.services import enter_year
from weimin.county.services.calendar import NoticeDay
from weimin.kernel.clock import COUNTY_TIME, county_day
from weimin.matters import journey, queries
from weimin.matters.models import Appeal, Event, Matter
from weimin.matters.recount import enter_notice, recount, waiting, would_change
from weimin.matters.states import Clock, ContactOutcome, Grade, Resolved, State
from weimin.matters.tasks import run_due
from weimin.notices.models import Notice


def at(*parts):
    return datetime(*parts, tzinfo=COUNTY_TIME)


def moved(changes):
    return [(c.matter.number, county_day(c.before), county_day(c.after)) for c in changes]


def fresh(matter):
    return Matter.objects.get(pk=matter.pk)


def quiet(**happened):
    nothing = (
        "resumed", "promises_broken", "closed_unrated", "answered_merged", "refused_merged", "split", "chased",
        "escalated", "reminded",
    )  # fmt: skip
    return dict.fromkeys(nothing, 0) | happened


def told(matter):
    """What the resident was sent last."""
    return Notice.objects.filter(about=f"matter:{matter.number}", official__isnull=True).order_by("pk").last().body


def reminded(matter):
    """Officials who found a reminder of it on their desk."""
    told = Notice.objects.filter(about=f"matter:{matter.number}", official__isnull=False).select_related("official")
    return {notice.official.name_zh for notice in told if "今天就办" in notice.body}


def test_the_date_leaves_out_the_national_day_holiday(cast):
    # received Tuesday 29 September 2026, 5 working days: 30 Sep, then 8, 9, 10 (made up) and 12 October
    matter = cast.matter()
    assert matter.clock_due_at == at(2026, 10, 12, 23, 59, 59)


def test_nothing_happens_before_its_time(cast):
    for state in State:
        if state != State.MERGED:
            cast.matter(state)
    assert run_due(now=NOON + timedelta(hours=1)) == quiet()


def test_a_late_matter_climbs_one_post_at_a_time(cast):
    matter = cast.matter(State.HANDLED)
    journey.contact_resident(
        matter, at=NOON, channel="PHONE", outcome=ContactOutcome.REACHED, words="", by=cast.sun, now=NOON
    )
    assert run_due(now=at(2026, 10, 13, 0, 0, 1)) == quiet(escalated=1)
    assert run_due(now=at(2026, 10, 13, 9, 0, 0)) == quiet()
    assert run_due(now=at(2026, 10, 14, 0, 0, 0)) == quiet(escalated=1)
    assert run_due(now=at(2026, 12, 1)) == quiet()  # nobody stands above the duty leader
    told = Notice.objects.filter(official__isnull=False).order_by("pk").values_list("official__name_zh", flat=True)
    assert list(told) == ["张立国", "陈国栋"]
    assert (fresh(matter).state, fresh(matter).escalated) == (State.HANDLED, 2)


def test_an_unrated_answer_is_reminded_once_then_closed_and_never_counted_as_content(cast):
    matter = cast.matter(State.ANSWERED)
    later = at(2026, 10, 10, 9)
    assert run_due(now=later) == quiet(reminded=1)
    assert run_due(now=later + timedelta(hours=1)) == quiet()
    assert run_due(now=at(2026, 10, 15)) == quiet(closed_unrated=1)
    assert fresh(matter).state == State.CLOSED
    assert queries.tally("month:2610:unrated", "month:2610:rated") == {"month:2610:unrated": 1, "month:2610:rated": 0}


def test_a_promise_that_passes_unkept_reopens_the_matter(cast):
    matter = cast.matter(State.HANDLED)
    reply = journey.Reply(
        facts="已排上计划。", reasons="要换主管。", rule="供水条例", appeal_route="县信访局",
        promise="换好主管道", promise_due_on=date(2026, 9, 30),
    )  # fmt: skip
    answer = journey.answer_matter(matter, reply=reply, by=cast.sun, now=NOON)
    assert run_due(now=at(2026, 9, 30, 18)) == quiet()
    assert run_due(now=at(2026, 10, 1, 0, 0, 1)) == quiet(promises_broken=1)
    answer.refresh_from_db()
    again = fresh(matter)
    assert (again.state, again.reopened, again.clock, again.owner.code) == (State.HANDLED, 1, Clock.ANSWER, "WATER-02")
    assert answer.promise_broken_at == at(2026, 10, 1, 0, 0, 1)


def test_a_kept_promise_reopens_nothing(cast):
    matter = cast.matter(State.HANDLED)
    reply = journey.Reply(
        facts="已排上计划。", reasons="要换主管。", rule="供水条例", appeal_route="县信访局",
        promise="换好主管道", promise_due_on=date(2026, 9, 30),
    )  # fmt: skip
    answer = journey.answer_matter(matter, reply=reply, by=cast.sun, now=NOON)
    journey.keep_promise(answer.matter, words="主管道已换好。", by=cast.sun, now=NOON + timedelta(hours=3))
    assert run_due(now=at(2026, 10, 1)) == quiet()


def test_a_pause_ends_by_itself_and_its_days_are_left_out(cast):
    matter = cast.matter(State.PAUSED)
    before = at(2026, 10, 12, 23, 59, 59)
    assert run_due(now=at(2026, 10, 10, 0, 0, 1)) == quiet(resumed=1, chased=1)  # nobody ever called Aunt Wang
    again = fresh(matter)
    assert (again.state, again.clock) == (State.HANDLED, Clock.ANSWER)
    assert again.clock_due_at > before
    assert again.clock_pauses[0][2] == "TESTING"


def test_those_merged_are_answered_with_the_main_matter(cast):
    main = cast.matter(State.HANDLED)
    other = cast.matter(phone="13900000002")
    journey.merge_matter(other, main=main, reason="同一处停水。", by=cast.li, now=NOON)
    journey.answer_matter(main, reply=REPLY, by=cast.sun, now=NOON)
    assert run_due(now=NOON) == quiet(answered_merged=1)
    other = fresh(other)
    assert (other.state, other.owner.code, other.lead.code) == (State.ANSWERED, "WATER-02", "WATER")
    assert queries.latest_answer(other).facts == REPLY.facts
    journey.rate_matter(other, grade=Grade.SATISFIED, resolved=Resolved.YES, by=RESIDENT, now=NOON)
    assert other.state == State.RATED


def test_those_merged_are_refused_with_the_main_matter_and_may_appeal(cast):
    main, other = cast.matter(State.HANDLED), cast.matter(phone="13900000002")
    journey.merge_matter(other, main=main, reason="同一处停水。", by=cast.li, now=NOON)
    journey.refuse_matter(main, reply=REPLY, by=cast.sun, now=NOON)
    assert run_due(now=NOON) == quiet(refused_merged=1)
    other = fresh(other)
    answer = queries.latest_answer(other)
    assert (other.state, answer.refusal, answer.reasons) == (State.REFUSED, True, REPLY.reasons)
    assert REPLY.reasons in told(other)
    journey.appeal_matter(other, words="应当受理。", by=RESIDENT, now=NOON)
    assert other.state == State.APPEALED


def test_an_appeal_of_the_main_matter_keeps_nobody_waiting(cast):
    main, other = cast.matter(State.HANDLED), cast.matter(phone="13900000002")
    journey.merge_matter(other, main=main, reason="同一处停水。", by=cast.li, now=NOON)
    journey.refuse_matter(main, reply=REPLY, by=cast.sun, now=NOON)
    journey.appeal_matter(main, words="应当受理。", by=RESIDENT, now=NOON)
    journey.decide_appeal(
        main, outcome=Appeal.Outcome.UPHELD, facts="查清。", reasons="有据。", rule="条例", by=cast.reviewer, now=NOON
    )
    assert run_due(now=NOON) == quiet(refused_merged=1)
    assert fresh(other).state == State.REFUSED


def test_those_merged_into_a_matter_taken_back_are_handled_by_themselves(cast):
    main, other = cast.matter(State.HANDLED), cast.matter(State.HANDLED, phone="13900000002")
    journey.merge_matter(other, main=main, reason="同一处停水。", by=cast.li, now=NOON)
    journey.withdraw_matter(main, by=RESIDENT, now=NOON)
    later = at(2026, 10, 13, 9)
    assert run_due(now=later) == quiet(split=1)
    other = fresh(other)
    assert (other.state, other.owner.code, other.lead, other.merged_into) == (State.CLASSIFIED, "QS-01", None, None)
    assert (other.clock, other.clock_started_at, other.clock_due_at) == (
        Clock.ANSWER,
        later,
        at(2026, 10, 20, 23, 59, 59),
    )
    assert "10 月 20 日" in told(other)


def test_a_resident_nobody_called_is_chased_once_after_each_dispatch(cast):
    matter = cast.matter(State.DISPATCHED)  # ordinary: contact within one working day
    assert run_due(now=at(2026, 9, 30, 23, 59, 59)) == quiet()
    assert run_due(now=at(2026, 10, 1)) == quiet(chased=1)
    assert run_due(now=at(2026, 10, 2)) == quiet()
    assert sorted(reminded(matter)) == ["孙伟", "张立国"]
    event = queries.timeline(matter).last()
    assert (event.act, event.data, event.internal) == ("CHASE", {"missed": "CONTACT", "office": ""}, False)
    journey.return_matter(fresh(matter), reason="不归我们。", by=cast.sun, now=at(2026, 10, 9, 9))
    journey.dispatch_matter(fresh(matter), office=cast.offices["ROADS"], by=cast.li, now=at(2026, 10, 9, 10))
    assert run_due(now=at(2026, 10, 11)) == quiet(chased=1)
    assert sorted(reminded(matter)) == ["周路平", "孙伟", "张立国", "陈国栋"]


def test_a_helper_that_does_not_reply_is_chased_and_its_leader_told(cast):
    matter = cast.matter(State.HANDLED)
    journey.contact_resident(
        matter, at=NOON, channel="PHONE", outcome=ContactOutcome.REACHED, words="", by=cast.sun, now=NOON
    )
    journey.ask_for_help(matter, office=cast.offices["ROADS"], words="请恢复路面。", by=cast.sun, now=NOON)
    assert run_due(now=at(2026, 10, 9, 23, 59, 59)) == quiet()
    assert run_due(now=at(2026, 10, 10)) == quiet(chased=1)
    assert run_due(now=at(2026, 10, 11)) == quiet()
    assert sorted(reminded(matter)) == ["周路平", "陈国栋"]
    assert queries.timeline(matter).last().data == {"missed": "SUPPORT", "office": "ROADS"}


def test_a_dissatisfied_resident_who_is_neither_called_nor_answered_is_not_forgotten(cast):
    matter = cast.matter(State.ANSWERED)
    journey.rate_matter(matter, grade=Grade.DISSATISFIED, resolved=Resolved.NO, by=RESIDENT, now=NOON)
    assert run_due(now=at(2026, 9, 30, 23, 59, 59)) == quiet()
    assert run_due(now=at(2026, 10, 1)) == quiet(chased=1)
    assert run_due(now=at(2026, 10, 13)) == quiet(chased=1)
    assert [event.data["missed"] for event in queries.timeline(matter).filter(act="CHASE")] == [
        "FOLLOW_UP_CONTACT", "FOLLOW_UP_REPLY",
    ]  # fmt: skip
    assert run_due(now=at(2026, 10, 14)) == quiet()


def test_a_date_across_an_unpublished_year_is_counted_anew_when_the_year_is_entered(cast):
    matter = cast.matter(now=at(2026, 12, 30, 10))
    assert matter.clock_provisional
    assert recount(year=2027, now=at(2026, 12, 30, 11)) == []
    assert fresh(matter).clock_provisional  # the year is still missing
    rest = NoticeDay(date(2027, 1, 1), False, "元旦", "New Year's Day")
    ((number, before, after),) = moved(would_change(year=2027, days=[rest]))
    assert (number, before, after) == (matter.number, date(2027, 1, 6), date(2027, 1, 7))
    assert fresh(matter).clock_provisional  # looking changes nothing
    entered = enter_notice(year=2027, days=[rest], source="国办通知", by=cast.keeper, now=at(2026, 12, 30, 12))
    assert moved(entered) == [(matter.number, before, after)]
    matter = fresh(matter)
    assert (matter.clock_provisional, matter.clock_due_at) == (False, at(2027, 1, 7, 23, 59, 59))
    assert waiting(year=2027) == []


def test_a_corrected_notice_moves_firm_dates_too_and_leaves_others_alone(cast):
    early, late = cast.matter(now=at(2026, 11, 2, 10)), cast.matter(now=at(2026, 12, 30, 10))
    rest = [NoticeDay(date(2027, 1, day), False, "元旦", "New Year's Day") for day in (1, 2, 3)]
    enter_notice(year=2027, days=rest[:1], source="国办通知", by=cast.keeper, now=at(2026, 12, 30, 12))
    corrected = [*rest, NoticeDay(date(2027, 1, 4), False, "元旦", "New Year's Day")]
    changed = enter_notice(year=2027, days=corrected, source="更正", by=cast.keeper, now=at(2026, 12, 31, 12))
    assert moved(changed) == [(late.number, date(2027, 1, 7), date(2027, 1, 8))]
    taken_back = enter_notice(year=2027, days=rest, source="再更正", by=cast.keeper, now=at(2026, 12, 31, 13))
    assert moved(taken_back) == [(late.number, date(2027, 1, 8), date(2027, 1, 7))]
    assert [Event.objects.filter(matter=m, act="RECOMPUTE").count() for m in (early, late)] == [0, 3]


def test_a_year_entered_elsewhere_is_caught_up_with(cast):
    matter = cast.matter(now=at(2026, 12, 30, 10))
    rest = NoticeDay(date(2027, 1, 1), False, "元旦", "New Year's Day")
    enter_year(year=2027, days=[rest], source="国办通知", by=cast.keeper, now=NOON)
    assert [change.matter for change in waiting(year=2027)] == [matter]
    assert moved(recount(year=2027, now=NOON)) == [(matter.number, date(2027, 1, 6), date(2027, 1, 7))]
    assert recount(year=2027, now=NOON) == []


def test_matters_at_the_top_of_their_line_do_not_crowd_out_the_others(cast, monkeypatch):
    monkeypatch.setattr("weimin.matters.tasks._BATCH", 1)
    cast.matter(State.HANDLED)
    assert [run_due(now=at(2026, 10, day))["escalated"] for day in (13, 14, 15)] == [1, 1, 0]
    younger = cast.matter(State.HANDLED)
    Matter.objects.filter(pk=younger.pk).update_by_verb(clock_due_at=at(2026, 10, 14, 23, 59, 59))
    assert [run_due(now=at(2026, 10, 15))["escalated"], fresh(younger).escalated] == [1, 1]
