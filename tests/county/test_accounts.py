"""People on the list, and their way in: a password shown once and changed at once, a second factor taken back."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator

from tests.cast import NOON
from tests.staff import BACKEND
from weimin.county.actors import actor_of
from weimin.county.duties import Duty
from weimin.county.models import Account, Leave, Official
from weimin.county.services import (
    add_official,
    appoint,
    cancel_leave,
    change_official,
    open_account,
    record_leave,
    reset_password,
    reset_second_factor,
)
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry

pytestmark = pytest.mark.django_db
TODAY, A_DAY = NOON.date(), timedelta(days=1)


def entries() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("what", flat=True))


def test_a_newcomer_is_found_by_the_sounds_of_the_name_and_may_do_nothing_yet(cast):
    zhou = add_official(name_zh="周明 ", name_en="Zhou Ming", by=cast.keeper, now=NOON)
    assert (zhou.name_zh, zhou.pinyin, actor_of(zhou, now=NOON).duties) == ("周明", "zhouming zm", frozenset())
    change_official(zhou, name_zh="周鸣", name_en="Zhou Ming", phone="1", email="", by=cast.keeper, now=NOON)
    kept = Official.objects.get(pk=zhou.pk)
    assert (kept.name_zh, kept.phone, zhou.name_zh) == ("周鸣", "1", "周鸣")
    with pytest.raises(Refused) as nameless:
        add_official(name_zh="", name_en="Zhou", by=cast.keeper, now=NOON)
    with pytest.raises(Refused) as clerk:
        add_official(name_zh="周明", name_en="Zhou", by=cast.li, now=NOON)
    assert (nameless.value.code, nameless.value.field, clerk.value.code) == ("NO_NAME", "name_zh", "NOT_YOUR_DUTY")
    assert entries() == ["county.add_official", "county.change_official"]


def test_nobody_appoints_themselves(cast):
    with pytest.raises(Refused) as refused:
        appoint(cast.officials["keeper"], post=cast.posts["QS-01"], from_on=TODAY, by=cast.keeper, now=NOON)
    assert (refused.value.code, entries()) == ("NOT_YOUR_OWN", [])


def test_the_first_password_is_made_by_the_house_and_kept_by_nobody(cast):
    zhou = add_official(name_zh="周明", name_en="Zhou Ming", by=cast.keeper, now=NOON)
    account, password = open_account(zhou, username="zhouming", by=cast.keeper, now=NOON)
    assert re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", password)
    assert (account.check_password(password), account.one_time_password) == (True, True)
    assert not any(password in entry.body for entry in Entry.objects.all())


def test_with_a_one_time_password_only_the_page_that_changes_it_opens(cast, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    password = reset_password(cast.officials["sun"], by=cast.keeper, now=NOON)
    account = Account.objects.get(username="sun")
    assert (account.check_password(password), account.one_time_password) == (True, True)
    client.force_login(account, backend=BACKEND)
    assert client.get("/desk/").url == "/accounts/password/change/"
    new = "kettle-harbour-71"
    client.post("/accounts/password/change/", {"oldpassword": password, "password1": new, "password2": new})
    account.refresh_from_db()
    assert (account.check_password(new), account.one_time_password) == (True, False)
    assert client.get("/desk/").url == "/accounts/2fa/"
    assert entries() == ["county.reset_password"]


def test_a_reset_password_ends_the_sessions_that_stood(cast, client):
    account = Account.objects.get(username="sun")
    client.force_login(account, backend=BACKEND)
    reset_password(cast.officials["sun"], by=cast.keeper, now=NOON)
    assert client.get("/desk/").url.startswith("/accounts/login/")


def test_a_lost_telephone_is_taken_back_once(cast):
    sun = cast.officials["sun"]
    Authenticator.objects.create(user=sun.account, type=Authenticator.Type.TOTP, data={})
    reset_second_factor(sun, by=cast.keeper, now=NOON)
    assert not Authenticator.objects.filter(user=sun.account).exists()
    with pytest.raises(Refused) as none_left:
        reset_second_factor(sun, by=cast.keeper, now=NOON)
    assert (none_left.value.code, entries()) == ("NO_SECOND_FACTOR", ["county.reset_second_factor"])


@pytest.mark.parametrize("verb", [reset_password, reset_second_factor])
def test_ones_own_sign_in_and_one_that_is_not_there_are_left_alone(cast, verb):
    newcomer = Official.objects.create(name_zh="周明", name_en="Zhou Ming")
    codes = []
    for official, by in [
        (cast.officials["keeper"], cast.keeper), (newcomer, cast.keeper), (cast.officials["sun"], cast.leader),
    ]:  # fmt: skip
        with pytest.raises(Refused) as refused:
            verb(official, by=by, now=NOON)
        codes.append(refused.value.code)
    assert (codes, entries()) == (["NOT_YOUR_OWN", "NO_ACCOUNT", "NOT_YOUR_DUTY"], [])


def test_leave_that_has_not_begun_is_gone_and_leave_that_has_ends_yesterday(cast):
    sun = cast.officials["sun"]
    ahead = record_leave(sun, from_on=TODAY + A_DAY, to_on=TODAY + 5 * A_DAY, reason="", by=cast.sun, now=NOON)
    assert cancel_leave(ahead, by=cast.sun, now=NOON) is None
    running = record_leave(sun, from_on=TODAY - A_DAY, to_on=TODAY + A_DAY, reason="", by=cast.keeper, now=NOON)
    assert actor_of(sun, now=NOON).duties == frozenset()
    assert cancel_leave(running, by=cast.keeper, now=NOON).to_on == TODAY - A_DAY
    assert actor_of(sun, now=NOON).duties == {Duty.HANDLE}
    with pytest.raises(Refused) as over:
        cancel_leave(running, by=cast.keeper, now=NOON)
    assert (over.value.code, Leave.objects.count()) == ("ALREADY_OVER", 1)
    assert entries() == ["county.record_leave", "county.cancel_leave"] * 2


def test_the_leave_of_others_is_not_mine_to_cancel(cast):
    leave = record_leave(cast.officials["sun"], from_on=TODAY, to_on=TODAY, reason="", by=cast.keeper, now=NOON)
    with pytest.raises(Refused) as refused:
        cancel_leave(leave, by=cast.zhao, now=NOON)
    assert (refused.value.code, Leave.objects.count()) == ("NOT_YOUR_DUTY", 1)
