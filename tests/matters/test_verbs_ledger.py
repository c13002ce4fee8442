"""If the ledger cannot be written, nothing is: for every verb, and for everything it would have touched."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import transaction

from tests.cast import NOON, REPLY
from tests.matters.test_moves import ACTS, may
from weimin.county.actors import CLOCK, IMPORT, RESIDENT
from weimin.ledger.models import Entry
from weimin.matters import journey
from weimin.matters.journey.bring_in import Old, bring_in_matters
from weimin.matters.models import Answer, Matter
from weimin.matters.states import Act, Grade, Resolved, State

BROKEN = "weimin.ledger.services.entry_of"  # every way to record passes here


def everything():
    """Every row of the rooms a verb may write to."""
    models = [
        model
        for room in ("matters", "notices", "households", "ledger")
        for model in apps.get_app_config(room).get_models()
    ]
    return {model._meta.label: sorted(map(str, model.objects.values_list())) for model in models}


def a_promise():
    return journey.Reply(
        facts="已排上计划。", reasons="要换主管。", rule="条例", appeal_route="信访局", promise="换好主管道",
        promise_due_on=date(2026, 9, 30),
    )  # fmt: skip


def promising(cast):
    """An answer whose promise is still open."""
    return journey.answer_matter(cast.matter(State.HANDLED), reply=a_promise(), by=cast.sun, now=NOON)


def first_state(act):
    return next(State(state) for state in State.values if may(act, State(state)))


def each_listed_act(cast, act):
    matter = cast.matter(first_state(act))
    if act == Act.MERGE:
        main = cast.matter(State.HANDLED)
        return lambda: journey.merge_matter(matter, main=main, reason="同一处。", by=cast.li, now=NOON)
    return lambda: ACTS[act](cast, matter)


def _dissatisfied(cast):
    matter = cast.matter(State.ANSWERED)
    return lambda: journey.rate_matter(
        matter, grade=Grade.DISSATISFIED, resolved=Resolved.NO, words="没修。", by=RESIDENT, now=NOON
    )


def _answer_again(cast):
    matter = cast.matter(State.ANSWERED)
    journey.rate_matter(matter, grade=Grade.DISSATISFIED, resolved=Resolved.NO, by=RESIDENT, now=NOON)
    return lambda: journey.answer_matter(matter, reply=REPLY, by=cast.sun, now=NOON)


def _answer_merged(cast):
    main, other = cast.matter(State.HANDLED), cast.matter()
    journey.merge_matter(other, main=main, reason="同一处。", by=cast.li, now=NOON)
    journey.answer_matter(main, reply=REPLY, by=cast.sun, now=NOON)
    return lambda: journey.answer_merged(Matter.objects.get(pk=other.pk), by=CLOCK, now=NOON)


def _refuse_merged(cast):
    main, other = cast.matter(State.HANDLED), cast.matter()
    journey.merge_matter(other, main=main, reason="同一处。", by=cast.li, now=NOON)
    journey.refuse_matter(main, reply=REPLY, by=cast.sun, now=NOON)
    return lambda: journey.refuse_merged(Matter.objects.get(pk=other.pk), by=CLOCK, now=NOON)


def _replace_promise(cast):
    answer = promising(cast)
    journey.reopen_matter(answer.matter, reason="还没好。", by=RESIDENT, now=NOON)
    return lambda: journey.answer_matter(answer.matter, reply=a_promise(), by=cast.sun, now=NOON)


def _support(cast):
    matter = cast.matter(State.CLASSIFIED)
    offices = cast.offices
    journey.dispatch_matter(matter, office=offices["WATER"], supporting=[offices["ROADS"]], by=cast.li, now=NOON)
    return lambda: journey.report_support(matter, report="路面已恢复。", by=cast.roads, now=NOON)


def _dispatch_with_help(cast):
    matter, offices = cast.matter(State.CLASSIFIED), cast.offices
    return lambda: journey.dispatch_matter(
        matter, office=offices["WATER"], supporting=[offices["ROADS"]], by=cast.li, now=NOON
    )


def _keep_promise(cast):
    answer = promising(cast)
    return lambda: journey.keep_promise(answer.matter, words="已换好。", by=cast.sun, now=NOON)


def _break_promise(cast):
    answer = promising(cast)
    return lambda: journey.break_promise(Answer.objects.get(pk=answer.pk), by=CLOCK, now=NOON + timedelta(days=3))


def _remind(cast):
    matter = cast.matter(State.ANSWERED)
    return lambda: journey.remind_to_rate(matter, by=CLOCK, now=NOON + timedelta(days=10))


def _hand_over(cast):
    cast.matter(State.HANDLED)
    giver, receiver = cast.posts["WATER-02"], cast.posts["WATER-01"]
    return lambda: journey.hand_over_desk(giver, receiver=receiver, reason="调动。", by=cast.zhang, now=NOON)


def _receive(cast):
    return lambda: journey.receive_matter(cast.draft(), by=RESIDENT, now=NOON)


def _bring_in(cast):
    old = Old(
        outside_id="1", text="停水", title="停水", kind=cast.kinds["WATER"], place=cast.places["qingshi"],
        received_at=NOON - timedelta(days=300),
    )  # fmt: skip
    return lambda: bring_in_matters([old], post=cast.posts["QS-01"], by=IMPORT, now=NOON)


MORE = {
    "receive": _receive,
    "bring_in": _bring_in,
    "dispatch with help": _dispatch_with_help,
    "support": _support,
    "dissatisfied": _dissatisfied,
    "answer again": _answer_again,
    "answer merged": _answer_merged,
    "refuse merged": _refuse_merged,
    "replace promise": _replace_promise,
    "keep promise": _keep_promise,
    "break promise": _break_promise,
    "remind": _remind,
    "hand over": _hand_over,
}


@pytest.mark.parametrize("name", [*ACTS, *MORE])
def test_a_broken_ledger_saves_nothing(cast, monkeypatch, name):
    act = each_listed_act(cast, name) if name in ACTS else MORE[name](cast)

    def broken(_act):
        raise OSError("disk full")

    before = everything()
    with monkeypatch.context() as patched:
        patched.setattr(BROKEN, broken)
        with pytest.raises(OSError, match="disk full"), transaction.atomic():
            act()
    assert everything() == before


@pytest.mark.parametrize("name", MORE)
def test_with_the_ledger_whole_the_same_act_is_written_once(cast, name):
    """So that the test above refuses for the ledger's sake and for nothing else."""
    act = MORE[name](cast)
    before = Entry.objects.count()
    act()
    assert Entry.objects.count() - before == 1
