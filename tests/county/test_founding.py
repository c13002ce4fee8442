"""A county is founded from tables, whole or not at all."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.cast import NOON
from weimin.county import queries
from weimin.county.actors import IMPORT
from weimin.county.duties import Duty
from weimin.county.models import Office, Official, Place, Post
from weimin.county.models.places import Level
from weimin.county.plans import read_plan
from weimin.county.services import found_county
from weimin.county.shared.models import CountyEntry
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[2] / "weimin/web/sample/data"
FROM = date(2024, 1, 1)


def test_the_sample_county_stands_as_described():
    found_county(read_plan(SAMPLE), from_on=FROM, by=IMPORT, now=NOON)
    levels = {level: Place.objects.filter(level=level).count() for level in Level}
    assert levels == {Level.COUNTY: 1, Level.TOWNSHIP: 12, Level.VILLAGE: 140, Level.GROUP: 14}
    villages = Place.objects.filter(level=Level.VILLAGE).values_list("households", flat=True)
    assert (sum(villages), Place.objects.get(level=Level.COUNTY).households) == (100_000, 100_000)
    assert (Office.objects.filter(place__level=Level.COUNTY).count(), Office.objects.count()) == (25, 37)
    assert (Post.objects.count(), Official.objects.count()) == (96, 96)
    assert CountyEntry.objects.get(code="990101").letters == "QS"
    assert [entry.what for entry in Entry.objects.all()] == ["county.found_county"]


def test_every_office_has_a_handler_with_a_head_above_and_nobody_is_without_a_stand_in_but_the_auditor():
    found_county(read_plan(SAMPLE), from_on=FROM, by=IMPORT, now=NOON)
    for office in Office.objects.all():
        handlers = [post for post in office.posts.all() if Duty.HANDLE in post.duties]
        assert handlers, office
        assert all(Duty.APPROVE in post.superior.duties for post in handlers), office
    assert list(queries.posts_without_anyone(now=NOON)) == []
    assert [post.code for post in queries.posts_without_stand_in()] == ["SFJ-31"]
    held = {duty for post in Post.objects.all() for duty in post.duties}
    assert held == set(Duty.values)


def test_a_village_lies_in_its_township_and_is_found_by_pinyin():
    found_county(read_plan(SAMPLE), from_on=FROM, by=IMPORT, now=NOON)
    village = Place.objects.get(name_zh="青石村")
    assert (village.parent.name_zh, village.parent.parent.name_zh) == ("青石镇", "青山县")
    assert Place.objects.filter(pinyin__icontains="qsc").contains(village)
    assert Place.objects.filter(pinyin__icontains="qingshicun").contains(village)


def test_a_founded_county_is_not_founded_again():
    plan = read_plan(SAMPLE)
    found_county(plan, from_on=FROM, by=IMPORT, now=NOON)
    with pytest.raises(Refused) as refused:
        found_county(plan, from_on=FROM, by=IMPORT, now=NOON)
    assert (refused.value.code, Entry.objects.count()) == ("ALREADY_FOUNDED", 1)


@pytest.mark.parametrize(
    ("table", "over", "code"),
    [
        ("posts", {"duties": "RULE"}, "UNKNOWN_DUTY"),
        ("posts", {"office": "NOWHERE"}, "UNKNOWN_CODE"),
        ("posts", {"stand_in": "NOBODY"}, "UNKNOWN_CODE"),
        ("places", {"code": "9901011"}, "BAD_PLACE_CODE"),
        ("places", {"code": "990199001"}, "UNKNOWN_CODE"),
        ("officials", {"posts": "NONE-1"}, "UNKNOWN_CODE"),
    ],
)
def test_one_wrong_row_and_nothing_is_written(table, over, code):
    plan = read_plan(SAMPLE)
    rows = [*getattr(plan, table)]
    rows[-1] = rows[-1] | over
    with pytest.raises(Refused) as refused:
        found_county(replace(plan, **{table: rows}), from_on=FROM, by=IMPORT, now=NOON)
    assert (refused.value.code, Place.objects.count(), Entry.objects.count()) == (code, 0, 0)


def test_a_clerk_founds_no_county(cast):
    with pytest.raises(Refused):
        found_county(read_plan(SAMPLE), from_on=FROM, by=cast.li, now=NOON)


def test_the_command_says_what_stands_or_that_nothing_was_written(capsys, tmp_path):
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("found_county", tmp_path)
    call_command("found_county", SAMPLE)
    assert capsys.readouterr().out == "Founded with 167 places, 37 offices, 96 posts.\n"
