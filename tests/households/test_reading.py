"""Opening a resident's record: on a post, written down, and with the resident for good."""

import pytest

from tests.cast import NOON
from weimin.county.actors import CLOCK, RESIDENT, Actor
from weimin.households.models import Reading, Resident
from weimin.households.services import note_reading
from weimin.kernel.refusal import Refused
from weimin.matters.models import Matter


def opened(resident, by):
    return note_reading(
        resident, about="matter:QS-2609-000001-0", fields="姓名、联系方式", why="联系反映人", by=by, now=NOON
    )


def test_who_opened_what_when_and_why_stands_with_the_resident(cast):
    resident = cast.matter().resident
    opened(resident, cast.sun)
    (row,) = Reading.objects.filter(resident=resident)
    assert (row.by_post, row.by_name, row.fields, row.why, row.at) == (
        "WATER-02", "孙伟", "姓名、联系方式", "联系反映人", NOON,
    )  # fmt: skip


def test_nobody_opens_a_record_without_a_post(cast):
    resident = cast.matter().resident
    without = Actor(kind="official", official=cast.officials["sun"])
    for nobody in (RESIDENT, CLOCK, without):
        with pytest.raises(Refused) as refused:
            opened(resident, nobody)
        assert refused.value.code == "NOT_YOUR_DUTY"
    assert Reading.objects.count() == 0


def test_the_record_keeps_what_is_needed_to_answer_and_where_it_came_from(cast):
    cast.matter(reach_by="EMAIL", email="wang@example.test")
    resident = Resident.objects.get()
    assert (resident.name, resident.phone, resident.email, resident.reach_by, resident.source) == (
        "王桂芳", "13900000001", "wang@example.test", "EMAIL", "WEB",
    )  # fmt: skip


def test_somebody_known_is_not_written_down_twice(cast):
    known = cast.matter().resident
    again = cast.matter(resident=known)
    assert Resident.objects.count() == 1
    assert Matter.objects.get(pk=again.pk).resident == known
