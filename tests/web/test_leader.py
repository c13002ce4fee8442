"""The leader's minute: what is stuck where, what got worse, told exactly and within the leader's reach."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON, REPLY
from tests.staff import enter
from weimin.county.actors import CLOCK
from weimin.matters import journey
from weimin.matters.states import State
from weimin.web.pages.leader import BAR, LONG
from weimin.web.stuck import got_worse, standing

LATER = NOON + timedelta(days=14)  # the week before begins at NOON, this week seven days after it


@pytest.fixture
def offices(cast):
    return {office.pk: office for office in cast.offices.values()}


@pytest.fixture
def leader(cast, client, monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: LATER)
    enter(client, cast.officials["leader"])
    return client


def returned(cast, now):
    matter = cast.matter(State.DISPATCHED, now=now)
    journey.return_matter(matter, reason="不归我们管。", by=cast.acting("sun", now), now=now)
    return matter


def accepted_after(cast, dispatched, hours):
    matter = cast.matter(State.DISPATCHED, now=dispatched)
    then = dispatched + timedelta(hours=hours)
    journey.accept_matter(matter, by=cast.acting("sun", then), now=then)


def said(worse):
    return [(one.office.code if one.office else None, str(one.what), one.before, one.now, one.sample) for one in worse]


def test_each_step_tells_how_many_how_late_and_with_whom(cast, offices):
    cast.matter(State.RECEIVED, now=LATER)
    for _n in range(2):
        cast.matter(State.HANDLED)
    here = standing(cast.leader, now=LATER, offices=offices)
    told = [(step.state, step.n, step.late, step.office and step.office.code) for step in here.steps if step.n]
    assert told == [(State.RECEIVED, 1, 0, None), (State.HANDLED, 2, 2, "WATER")]
    assert [(office.code, late, everything) for office, late, everything in here.offices] == [("WATER", 2, 2)]


def test_what_happened_more_often_this_week_is_told_office_by_office(cast, offices):
    returned(cast, NOON)
    for day in (8, 9, 10):
        returned(cast, NOON + timedelta(days=day))
    journey.escalate_matter(cast.matter(), by=CLOCK, now=LATER)
    more, slower = got_worse(cast.leader, now=LATER, offices=offices)
    assert said(more) == [("WATER", "退回的", 1, 3, None), (None, "超期上报的", 0, 1, None)]
    assert slower == []


def test_what_happened_less_often_is_not_told(cast, offices):
    for day in (0, 1, 8):
        returned(cast, NOON + timedelta(days=day))
    assert got_worse(cast.leader, now=LATER, offices=offices) == ([], [])


def test_what_takes_longer_is_told_with_its_samples_and_not_from_too_few(cast, offices):
    for n in range(5):
        accepted_after(cast, NOON + timedelta(hours=n), 12)
        accepted_after(cast, NOON + timedelta(days=8, hours=n), 36)
    earlier = cast.matter(State.HANDLED, now=NOON - timedelta(hours=1))
    journey.answer_matter(earlier, reply=REPLY, by=cast.sun, now=NOON + timedelta(days=3))
    _more, slower = got_worse(cast.leader, now=LATER, offices=offices)
    assert said(slower) == [("WATER", "派办后等受理", 0.5, 1.5, (5, 5))]


def test_a_head_of_office_reads_of_their_own_office_only(cast, offices):
    for day in (8, 9):
        returned(cast, NOON + timedelta(days=day))
    assert got_worse(cast.roads, now=LATER, offices=offices) == ([], [])
    assert [step.n for step in standing(cast.roads, now=LATER, offices=offices).steps] == [0] * 9
    assert said(got_worse(cast.zhang, now=LATER, offices=offices)[0]) == [("WATER", "退回的", 0, 2, None)]


def test_each_picture_has_its_table_and_words_at_its_bars(cast, leader):
    returned(cast, NOON + timedelta(days=8))
    for _n in range(3):
        cast.matter(State.HANDLED)
    html = leader.get("/desk/leader/").content.decode()
    assert f'class="picture-late" x="{BAR}" y="168" width="{LONG}"' in html
    assert "3，超期 3" in html
    assert "上周 0" in html and "本周 1" in html
    assert html.count('role="img"') == 2
    assert html.count("<table") >= 3


@pytest.mark.parametrize("rows", [1, 3])
def test_the_minute_costs_the_same_for_one_and_three(cast, leader, rows):
    for _n in range(rows):
        returned(cast, NOON + timedelta(days=8))
        cast.matter(State.HANDLED)
    with CaptureQueriesContext(connection) as asked:
        leader.get("/desk/leader/")
    assert len(asked) <= 20


def test_weeks_read_for_one_leader_are_not_shown_to_another(cast, offices):
    returned(cast, LATER - timedelta(days=1))
    told = [said(got_worse(one, now=LATER, offices=offices)[0]) for one in (cast.leader, cast.roads, cast.leader)]
    assert told == [[("WATER", "退回的", 0, 1, None)], [], [("WATER", "退回的", 0, 1, None)]]


def test_weeks_are_read_once_a_minute(cast, offices, monkeypatch):
    moment = [0.0]
    monkeypatch.setattr("weimin.kernel.kept.monotonic", lambda: moment[0])
    told = []
    for moment[0] in (0.0, 60.0, 61.0):
        told.append(got_worse(cast.leader, now=LATER, offices=offices)[0] != [])
        returned(cast, LATER - timedelta(days=1))
    assert told == [False, False, True]
