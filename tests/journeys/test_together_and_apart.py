"""Working together and parting again: merged matters, offices that help, promises that are made anew."""

from datetime import date, datetime

import pytest

from tests.cast import NOON, REPLY
from weimin.county.actors import CLOCK, RESIDENT
from weimin.kernel.clock import COUNTY_TIME
from weimin.kernel.refusal import Refused
from weimin.matters import journey, queries
from weimin.matters.models import Answer, Matter, Support
from weimin.matters.states import Clock, State
from weimin.matters.tasks import run_due


def at(*parts):
    return datetime(*parts, tzinfo=COUNTY_TIME)


def refused(act):
    with pytest.raises(Refused) as told:
        act()
    return told.value.code


def promising(day, words="换好主管道"):
    return journey.Reply(
        facts="已排上计划。", reasons="要换主管。", rule="供水条例", appeal_route="县信访局", promise=words,
        promise_due_on=day,
    )  # fmt: skip


# --- merged and parted ----------------------------------------------------------------------------------------------


def merged(cast):
    main, other = cast.matter(State.HANDLED), cast.matter(State.HANDLED, phone="13900000002")
    journey.merge_matter(other, main=main, reason="同一处停水。", by=cast.li, now=NOON)
    return main, other


def test_a_clerk_parts_what_is_not_the_same_after_all(cast, desk):
    main, other = merged(cast)
    assert refused(lambda: journey.split_matter(other, reason="不同。", by=cast.sun, now=NOON)) == "NOT_YOUR_DUTY"
    assert refused(lambda: journey.split_matter(other, by=CLOCK, now=NOON)) == "NOT_NOW"  # the main one is in hand
    parted = desk("li").act(other.number, "split", reason="是另一条管道。")
    assert (parted.state, parted.owner.code, parted.clock) == (State.CLASSIFIED, "QS-01", Clock.ANSWER)
    journey.answer_matter(main, reply=REPLY, by=cast.sun, now=NOON)
    assert run_due(now=NOON)["answered_merged"] == 0
    assert Matter.objects.get(pk=other.pk).state == State.CLASSIFIED


def test_a_matter_that_others_were_merged_into_is_not_merged_itself(cast):
    main, _other = merged(cast)
    third = cast.matter(State.HANDLED, phone="13900000003")
    told = {"reason": "都是一处。", "by": cast.li, "now": NOON}
    assert refused(lambda: journey.merge_matter(main, main=third, **told)) == "IS_MAIN"
    journey.merge_matter(third, main=main, **told)
    assert third.state == State.MERGED


def test_a_merged_matter_is_not_refused_by_hand(cast):
    _main, other = merged(cast)
    for name in ("li", "sun"):
        by = cast.acting(name, NOON)
        assert refused(lambda by=by: journey.refuse_matter(other, reply=REPLY, by=by, now=NOON)) == "NOT_NOW"
    assert refused(lambda: journey.refuse_merged(other, by=CLOCK, now=NOON)) == "NOT_NOW"


# --- offices that help ----------------------------------------------------------------------------------------------


def test_the_lead_office_asks_one_more_to_help_and_it_replies(cast, desk):
    matter = cast.matter(State.HANDLED)
    roads = {"office": cast.offices["ROADS"], "words": "请恢复路面。", "now": NOON}
    assert refused(lambda: journey.ask_for_help(matter, by=cast.roads, **roads)) == "NOT_YOUR_DUTY"
    desk("sun").act(matter.number, "ask-help", office=cast.offices["ROADS"].pk, words="请恢复路面。")
    matter = Matter.objects.get(pk=matter.pk)
    assert refused(lambda: journey.ask_for_help(matter, by=cast.sun, **roads)) == "HELPS_ALREADY"
    water = roads | {"office": cast.offices["WATER"]}
    assert refused(lambda: journey.ask_for_help(matter, by=cast.sun, **water)) == "LEADS_ALREADY"
    desk("roads").act(matter.number, "support", report="路面已恢复。")
    assert Support.objects.get().report == "路面已恢复。"


def test_an_office_that_has_not_replied_is_let_go_when_the_matter_is_answered(cast):
    matter = cast.matter(State.HANDLED)
    journey.ask_for_help(matter, office=cast.offices["ROADS"], words="请恢复路面。", by=cast.sun, now=NOON)
    assert queries.visible_to(cast.roads).get() == matter
    journey.answer_matter(matter, reply=REPLY, by=cast.sun, now=NOON)
    support = Support.objects.get()
    assert (support.done_at, support.ended_at) == (None, NOON)
    assert not queries.visible_to(cast.roads).exists()
    assert refused(lambda: journey.report_support(matter, report="晚了。", by=cast.roads, now=NOON)) == "NOT_NOW"


def test_a_reopened_matter_may_ask_the_same_office_again(cast):
    matter = cast.matter(State.HANDLED)
    asked = {"office": cast.offices["ROADS"], "words": "请恢复路面。", "by": cast.sun, "now": NOON}
    journey.ask_for_help(matter, **asked)
    journey.answer_matter(matter, reply=REPLY, by=cast.sun, now=NOON)
    journey.reopen_matter(matter, reason="又漏了。", by=RESIDENT, now=NOON)
    journey.ask_for_help(matter, **asked)
    assert [support.ended_at for support in Support.objects.order_by("pk")] == [NOON, None]


# --- promises made anew ---------------------------------------------------------------------------------------------


def test_a_later_promise_takes_the_place_of_an_open_one(cast):
    matter = cast.matter(State.HANDLED)
    first = journey.answer_matter(matter, reply=promising(date(2026, 10, 9)), by=cast.sun, now=NOON)
    journey.reopen_matter(matter, reason="等不了这么久。", by=RESIDENT, now=NOON)
    later = promising(date(2026, 10, 16), "先接临时管，再换主管道")
    second = journey.answer_matter(matter, reply=later, by=cast.sun, now=NOON)
    first.refresh_from_db()
    assert (first.promise_replaced_at, queries.promise_to_keep(matter).pk) == (NOON, second.pk)
    assert list(queries.earlier_promises(matter, second)) == [first]
    assert run_due(now=at(2026, 10, 10))["promises_broken"] == 0
    matter = Matter.objects.get(pk=matter.pk)  # reminded meanwhile
    kept = journey.keep_promise(matter, words="都换好了。", by=cast.sun, now=NOON)
    assert (kept.pk, Answer.objects.get(pk=first.pk).promise_kept_at) == (second.pk, None)
    assert refused(lambda: journey.keep_promise(matter, words="好了。", by=cast.sun, now=NOON)) == "NO_PROMISE"
    assert run_due(now=at(2026, 10, 17))["promises_broken"] == 0


def test_a_later_answer_without_a_promise_leaves_the_earlier_one_owed(cast, resident):
    matter = cast.matter(State.HANDLED)
    first = journey.answer_matter(matter, reply=promising(date(2026, 10, 9)), by=cast.sun, now=NOON)
    journey.reopen_matter(matter, reason="等不了这么久。", by=RESIDENT, now=NOON)
    journey.answer_matter(matter, reply=REPLY, by=cast.sun, now=NOON)
    assert queries.promise_to_keep(matter).pk == first.pk
    page = resident(matter.number).comes_back().client.get(f"/my/{matter.number}/")
    assert "换好主管道" in page.content.decode()
    assert run_due(now=at(2026, 10, 10))["promises_broken"] == 1
    assert Answer.objects.get(pk=first.pk).promise_broken_at == at(2026, 10, 10)
    assert Matter.objects.get(pk=matter.pk).state == State.HANDLED
