"""Accounts, appointments, leave: duties begin and end with posts, and a post never stands empty unseen."""

from datetime import date, timedelta

import pytest

from tests.cast import NOON
from weimin.county import queries
from weimin.county.actors import IMPORT, RESIDENT, actor_of
from weimin.county.duties import Duty
from weimin.county.models import Account, Holding, Leave, Official, Post
from weimin.county.services import appoint, create_account, end_holding, record_leave
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


def entries() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("what", flat=True))


@pytest.fixture
def newcomer(cast) -> Official:
    return Official.objects.create(name_zh="周明", name_en="Zhou Ming")


@pytest.fixture
def vacancy(cast) -> Post:
    return Post.objects.create(
        code="QS-02", name_zh="青石镇城建办", name_en="Qingshi Works", office=cast.offices["QINGSHI"],
        duties=[Duty.HANDLE], covers=cast.places["qingshi_town"], superior=cast.posts["LEAD-01"],
    )  # fmt: skip


def test_an_appointment_gives_the_duties_of_the_post_at_once(cast, newcomer, vacancy):
    assert actor_of(newcomer, now=NOON).duties == frozenset()
    appoint(newcomer, post=vacancy, from_on=TODAY, by=cast.keeper, now=NOON)
    assert actor_of(newcomer, now=NOON).duties == {Duty.HANDLE}
    assert entries() == ["county.appoint"]
    assert Entry.objects.get().by == "post:HALL-04"


def test_a_held_post_is_not_given_twice(cast, newcomer):
    with pytest.raises(Refused) as refused:
        appoint(newcomer, post=cast.posts["QS-01"], from_on=TODAY, by=cast.keeper, now=NOON)
    assert (refused.value.code, refused.value.field, entries()) == ("POST_HELD", "from_on", [])


def test_an_ended_post_is_not_given_at_all(cast, newcomer, vacancy):
    vacancy.retired_on = TODAY
    with pytest.raises(Refused) as refused:
        appoint(newcomer, post=vacancy, from_on=TODAY, by=cast.keeper, now=NOON)
    assert refused.value.code == "POST_ENDED"


@pytest.mark.parametrize("who", ["li", "zhang", "auditor"])
def test_only_the_keeper_of_the_rules_appoints(cast, newcomer, vacancy, who):
    with pytest.raises(Refused) as refused:
        appoint(newcomer, post=vacancy, from_on=TODAY, by=getattr(cast, who), now=NOON)
    assert (refused.value.code, Holding.objects.filter(post=vacancy).count()) == ("NOT_YOUR_DUTY", 0)


def test_residents_and_the_clock_appoint_nobody_but_the_operator_may(cast, newcomer, vacancy):
    with pytest.raises(Refused):
        appoint(newcomer, post=vacancy, from_on=TODAY, by=RESIDENT, now=NOON)
    appoint(newcomer, post=vacancy, from_on=TODAY, by=IMPORT, now=NOON)
    assert Entry.objects.get().by == "import"


def test_the_duties_end_the_day_after_the_last_and_the_empty_post_is_told(cast):
    holding = Holding.objects.get(post__code="QS-01")
    unmanned = end_holding(holding, to_on=TODAY, by=cast.keeper, now=NOON)
    assert [post.code for post in unmanned.posts] == ["QS-01"]
    assert actor_of(holding.official, now=NOON).duties == {Duty.TAKE_IN, Duty.CLASSIFY, Duty.DISPATCH}
    assert actor_of(holding.official, now=NOON + timedelta(days=1)).duties == frozenset()
    assert entries() == ["county.end_holding"]


def test_a_post_with_a_stand_in_is_not_empty(cast):
    post = cast.posts["WATER-02"]
    post.stand_in = cast.posts["WATER-01"]
    post.save()
    unmanned = end_holding(Holding.objects.get(post=post), to_on=TODAY, by=cast.keeper, now=NOON)
    assert not unmanned
    after = NOON + timedelta(days=1)
    assert queries.holder_of(post, now=after) == cast.officials["zhang"]


def test_ending_the_stand_in_tells_of_the_posts_it_stood_in_for(cast):
    post = cast.posts["WATER-02"]
    post.stand_in = cast.posts["WATER-01"]
    post.save()
    end_holding(Holding.objects.get(post=post), to_on=TODAY, by=cast.keeper, now=NOON)
    unmanned = end_holding(Holding.objects.get(post__code="WATER-01"), to_on=TODAY, by=cast.keeper, now=NOON)
    assert {post.code for post in unmanned.posts} == {"WATER-01", "WATER-02"}


def test_a_holding_ends_once_and_not_before_it_began(cast):
    holding = Holding.objects.get(post__code="QS-01")
    with pytest.raises(Refused) as early:
        end_holding(holding, to_on=date(2019, 1, 1), by=cast.keeper, now=NOON)
    end_holding(holding, to_on=TODAY, by=cast.keeper, now=NOON)
    with pytest.raises(Refused) as twice:
        end_holding(holding, to_on=TODAY, by=cast.keeper, now=NOON)
    assert (early.value.code, twice.value.code) == ("ENDS_BEFORE_IT_BEGINS", "ALREADY_ENDED")
    assert entries() == ["county.end_holding"]


def test_on_leave_the_duties_rest_and_the_stand_in_acts(cast):
    post = cast.posts["WATER-02"]
    post.stand_in = cast.posts["QS-01"]
    post.save()
    record_leave(cast.officials["sun"], from_on=TODAY, to_on=TODAY, reason="看病", by=cast.sun, now=NOON)
    assert actor_of(cast.officials["sun"], now=NOON).duties == frozenset()
    assert Duty.HANDLE in actor_of(cast.officials["li"], now=NOON).duties
    assert Duty.HANDLE not in actor_of(cast.officials["li"], now=NOON + timedelta(days=1)).duties


def test_leave_of_others_is_for_the_keeper_and_never_twice(cast):
    sun = cast.officials["sun"]
    with pytest.raises(Refused) as others:
        record_leave(sun, from_on=TODAY, to_on=TODAY, reason="", by=cast.zhao, now=NOON)
    record_leave(sun, from_on=TODAY, to_on=TODAY + timedelta(days=2), reason="", by=cast.keeper, now=NOON)
    with pytest.raises(Refused) as twice:
        record_leave(sun, from_on=TODAY + timedelta(days=2), to_on=TODAY + timedelta(days=3), reason="",
                     by=cast.keeper, now=NOON)  # fmt: skip
    with pytest.raises(Refused) as backwards:
        record_leave(sun, from_on=TODAY, to_on=TODAY - timedelta(days=1), reason="", by=cast.keeper, now=NOON)
    codes = [refused.value.code for refused in (others, twice, backwards)]
    assert codes == ["NOT_YOUR_DUTY", "LEAVE_OVERLAPS", "ENDS_BEFORE_IT_BEGINS"]
    assert Leave.objects.count() == 1


def test_an_account_is_made_once_with_a_password_that_holds(cast, newcomer):
    account = create_account(newcomer, username="zhouming", password="kettle-harbour-71", by=cast.keeper, now=NOON)
    assert account.check_password("kettle-harbour-71")
    assert (newcomer.account, account.is_superuser, account.is_staff) == (account, False, False)
    with pytest.raises(Refused) as twice:
        create_account(newcomer, username="zhou2", password="kettle-harbour-71", by=cast.keeper, now=NOON)
    assert (twice.value.code, entries()) == ("HAS_ACCOUNT", ["county.create_account"])


@pytest.mark.parametrize(
    ("username", "password", "code"),
    [
        ("LI", "kettle-harbour-71", "USERNAME_TAKEN"),
        ("zm", "123", "BAD_SIGN_IN"),
        ("a b", "kettle-harbour-71", "BAD_SIGN_IN"),
    ],
)
def test_a_taken_name_or_a_weak_password_makes_no_account(cast, newcomer, username, password, code):
    before = Account.objects.count()
    with pytest.raises(Refused) as refused:
        create_account(newcomer, username=username, password=password, by=cast.keeper, now=NOON)
    assert (refused.value.code, Account.objects.count(), entries()) == (code, before, [])
