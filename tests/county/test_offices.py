"""Offices are made, changed and retired on record."""

import pytest

from tests.cast import NOON
from weimin.county.models import Holding, Office
from weimin.county.services import OfficePlan, add_office, change_office, retire_office, retire_post
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry

pytestmark = pytest.mark.django_db


def plan(cast, **over) -> OfficePlan:
    words = {"name_zh": "县林业局", "name_en": "Forestry Office", "place": cast.places["county"], "phone": "0990-12"}
    return OfficePlan(**{**words, **over})


def nothing(_thing) -> str:
    return ""


def test_a_new_office_is_found_by_its_sounds(cast):
    office = add_office(plan(cast, superior=cast.offices["HALL"]), code="FOREST", by=cast.keeper, now=NOON)
    assert (office.pinyin, office.superior.code, office.phone) == ("xianlinyeju xlyj", "HALL", "0990-12")
    entry = Entry.objects.get()
    assert (entry.what, entry.about, entry.by) == ("county.add_office", "office:FOREST", "post:HALL-04")


@pytest.mark.parametrize(
    ("code", "over", "refused", "field"),
    [
        ("water", {}, "CODE_TAKEN", "code"),
        ("林业", {}, "BAD_CODE", "code"),
        ("FOREST", {"name_zh": " "}, "NO_NAME", "name_zh"),
    ],
)
def test_an_office_that_cannot_be_is_not_made(cast, code, over, refused, field):
    with pytest.raises(Refused) as told:
        add_office(plan(cast, **over), code=code, by=cast.keeper, now=NOON)
    assert (told.value.code, told.value.field, Entry.objects.count()) == (refused, field, 0)


def test_an_office_is_changed_but_never_put_under_itself(cast):
    hall, water = cast.offices["HALL"], cast.offices["WATER"]
    change_office(water, plan=plan(cast, name_zh="县水务局", superior=hall), by=cast.keeper, now=NOON)
    assert Office.objects.get(code="WATER").name_zh == "县水务局"
    with pytest.raises(Refused) as circle:
        change_office(hall, plan=plan(cast, superior=water), by=cast.keeper, now=NOON)
    with pytest.raises(Refused) as clerk:
        change_office(water, plan=plan(cast), by=cast.li, now=NOON)
    assert (circle.value.code, clerk.value.code) == ("IN_A_CIRCLE", "NOT_YOUR_DUTY")
    assert [entry.what for entry in Entry.objects.all()] == ["county.change_office"]


def test_an_office_goes_when_it_is_empty_and_nothing_above_needs_it(cast):
    letters = cast.offices["LETTERS"]
    codes = []
    with pytest.raises(Refused) as posts:
        retire_office(letters, still_needed=nothing, by=cast.keeper, now=NOON)
    codes.append(posts.value.code)
    Holding.objects.filter(post__code="XF-01").update(to_on="2026-09-28")
    retire_post(cast.posts["XF-01"], still_needed=nothing, by=cast.keeper, now=NOON)
    under = add_office(plan(cast, superior=letters), code="LETTERS-2", by=cast.keeper, now=NOON)
    with pytest.raises(Refused) as above:
        retire_office(letters, still_needed=nothing, by=cast.keeper, now=NOON)
    codes.append(above.value.code)
    retire_office(under, still_needed=nothing, by=cast.keeper, now=NOON)
    with pytest.raises(Refused) as needed:
        retire_office(letters, still_needed=lambda _office: "还有 2 条派办规则", by=cast.keeper, now=NOON)
    codes.append(needed.value.code)
    assert codes == ["HAS_POSTS", "HAS_SUBORDINATES", "STILL_NEEDED"]
    retire_office(letters, still_needed=nothing, by=cast.keeper, now=NOON)
    assert Office.objects.get(code="LETTERS").retired_on == NOON.date()
    with pytest.raises(Refused, match="已经撤销"):
        retire_office(letters, still_needed=nothing, by=cast.keeper, now=NOON)
    assert [entry.what for entry in Entry.objects.order_by("id")][-1] == "county.retire_office"
