"""Posts are made, changed and retired on record; nobody widens their own, and none goes while it is needed."""

import pytest

from tests.cast import NOON
from weimin.county import queries
from weimin.county.actors import actor_of
from weimin.county.duties import Duty
from weimin.county.models import Holding, Post
from weimin.county.services import PostPlan, add_post, change_post, end_holding, retire_post
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


def plan(cast, **over) -> PostPlan:
    """The works desk of Qingshi, unless said otherwise."""
    words = {
        "name_zh": "城建办", "name_en": "Works", "office": cast.offices["QINGSHI"], "duties": [Duty.HANDLE],
        "covers": cast.places["qingshi_town"], "superior": cast.posts["LEAD-01"], "stand_in": cast.posts["QS-01"],
    }  # fmt: skip
    return PostPlan(**{**words, **over})


def as_it_is(post, **over) -> PostPlan:
    names = ("name_zh", "name_en", "office", "duties", "covers", "superior", "stand_in")
    return PostPlan(**{**{name: getattr(post, name) for name in names}, **over})


def nothing(_thing) -> str:
    return ""


def test_a_new_post_stands_empty_but_for_its_stand_in(cast):
    post = add_post(plan(cast), code="QS-02", by=cast.keeper, now=NOON)
    assert (post.duties, post.stand_in.code, queries.holder_of(post, now=NOON)) == (
        ["HANDLE"], "QS-01", cast.officials["li"],
    )  # fmt: skip
    entry = Entry.objects.get()
    assert (entry.what, entry.about, entry.by) == ("county.add_post", "post:QS-02", "post:HALL-04")


@pytest.mark.parametrize(
    ("code", "over", "refused", "field"),
    [
        ("qs-01", {}, "CODE_TAKEN", "code"),
        ("城建", {}, "BAD_CODE", "code"),
        ("QS-02", {"duties": []}, "UNKNOWN_DUTY", "duties"),
        ("QS-02", {"duties": ["RULE"]}, "UNKNOWN_DUTY", "duties"),
        ("QS-02", {"name_en": " "}, "NO_NAME", "name_en"),
    ],
)
def test_a_post_that_cannot_be_is_not_made(cast, code, over, refused, field):
    before = Post.objects.count()
    with pytest.raises(Refused) as told:
        add_post(plan(cast, **over), code=code, by=cast.keeper, now=NOON)
    assert (told.value.code, told.value.field, Post.objects.count(), Entry.objects.count()) == (
        refused, field, before, 0,
    )  # fmt: skip


def test_only_the_keeper_makes_changes_and_retires_posts(cast):
    post = cast.posts["WATER-02"]
    acts = [
        lambda: add_post(plan(cast), code="QS-02", by=cast.leader, now=NOON),
        lambda: change_post(post, plan=as_it_is(post, duties=[Duty.LEAD]), by=cast.sun, now=NOON),
        lambda: retire_post(post, still_needed=nothing, by=cast.auditor, now=NOON),
    ]
    for act in acts:
        with pytest.raises(Refused, match="没有这项职责"):
            act()
    assert Entry.objects.count() == 0


def test_changed_duties_are_the_holders_at_once(cast):
    post = cast.posts["WATER-02"]
    change_post(post, plan=as_it_is(post, duties=[Duty.TAKE_IN, Duty.HANDLE]), by=cast.keeper, now=NOON)
    assert actor_of(cast.officials["sun"], now=NOON).duties == {Duty.TAKE_IN, Duty.HANDLE}
    change_post(post, plan=as_it_is(post, stand_in=cast.posts["WATER-01"]), by=cast.keeper, now=NOON)
    assert Post.objects.get(code="WATER-02").stand_in == cast.posts["WATER-01"]
    assert [(e.what, e.about) for e in Entry.objects.order_by("id")] == [("county.change_post", "post:WATER-02")] * 2


def test_nobody_widens_their_own_post(cast):
    post = cast.posts["HALL-04"]
    with pytest.raises(Refused) as refused:
        change_post(post, plan=as_it_is(post, duties=[Duty.CONFIGURE, Duty.TAKE_IN]), by=cast.keeper, now=NOON)
    assert (refused.value.code, Post.objects.get(code="HALL-04").duties) == ("NOT_YOUR_OWN", ["CONFIGURE"])
    change_post(post, plan=as_it_is(post, name_zh="规则岗"), by=cast.keeper, now=NOON)
    assert Post.objects.get(code="HALL-04").name_zh == "规则岗"


def test_a_line_of_superiors_has_no_circle_and_no_post_leans_on_itself(cast):
    lead, sun = cast.posts["LEAD-01"], cast.posts["WATER-02"]
    codes = []
    for post, over in [(lead, {"superior": sun}), (sun, {"superior": sun}), (sun, {"stand_in": sun})]:
        with pytest.raises(Refused) as refused:
            change_post(post, plan=as_it_is(post, **over), by=cast.keeper, now=NOON)
        codes.append((refused.value.code, refused.value.field))
    assert codes == [("IN_A_CIRCLE", "superior"), ("UNKNOWN_POST", "superior"), ("UNKNOWN_POST", "stand_in")]
    assert Entry.objects.count() == 0


def test_a_post_goes_when_nobody_holds_it_or_leans_on_it_and_nothing_above_needs_it(cast):
    boss, post = cast.posts["WATER-01"], cast.posts["WATER-02"]
    codes = []
    with pytest.raises(Refused) as held:
        retire_post(boss, still_needed=nothing, by=cast.keeper, now=NOON)
    codes.append(held.value.code)
    for one in (boss, post):
        Holding.objects.filter(post=one).update(to_on="2026-09-28")
    with pytest.raises(Refused) as leaned:
        retire_post(boss, still_needed=nothing, by=cast.keeper, now=NOON)
    codes.append(leaned.value.code)
    with pytest.raises(Refused, match="还有 3 件") as needed:
        retire_post(post, still_needed=lambda _post: "还有 3 件", by=cast.keeper, now=NOON)
    codes.append(needed.value.code)
    assert codes == ["POST_HELD", "LEANED_ON", "STILL_NEEDED"]
    retire_post(post, still_needed=nothing, by=cast.keeper, now=NOON)
    assert Post.objects.get(code="WATER-02").retired_on == TODAY
    for again in (
        lambda: retire_post(post, still_needed=nothing, by=cast.keeper, now=NOON),
        lambda: change_post(post, plan=as_it_is(post), by=cast.keeper, now=NOON),
    ):
        with pytest.raises(Refused, match="已经撤销"):
            again()
    assert [entry.what for entry in Entry.objects.all()] == ["county.retire_post"]


def test_what_would_stand_empty_is_told_before_and_after_a_holding_ends(cast):
    post = cast.posts["WATER-02"]
    change_post(post, plan=as_it_is(post, stand_in=cast.posts["WATER-01"]), by=cast.keeper, now=NOON)
    zhang = Holding.objects.get(post__code="WATER-01")
    assert [p.code for p in queries.posts_left_empty(zhang, to_on=TODAY)] == ["WATER-01"]
    end_holding(Holding.objects.get(post=post), to_on=TODAY, by=cast.keeper, now=NOON)
    before = [p.code for p in queries.posts_left_empty(zhang, to_on=TODAY)]
    after = end_holding(zhang, to_on=TODAY, by=cast.keeper, now=NOON)
    assert before == [p.code for p in after.posts] == ["WATER-01", "WATER-02"]
