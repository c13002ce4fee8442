"""Signing in: guessing ends for that name from that address, the second factor, and what an official may lose."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.socialaccount.models import SocialAccount
from axes.models import AccessAttempt
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from tests.cast import LONG_AGO, NOON
from tests.staff import BACKEND
from weimin.county.actors import IMPORT
from weimin.county.models import Account
from weimin.county.services import bind_single_sign_on, reset_sign_in
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry

HERE, THERE = "203.0.113.7", "198.51.100.9"
RIGHT = "a long password for {}"


@pytest.fixture(autouse=True)
def _counts(cast):
    cache.clear()
    yield
    cache.clear()


def enter(name, password, *, address=HERE, language="zh-hans", client=None):
    client = client or Client(headers={"accept-language": language})
    return client.post("/accounts/login/", {"login": name, "password": password}, REMOTE_ADDR=address)


def guesses(name, count, **how):
    return [enter(name, f"guess {n}", **how).status_code for n in range(count)]


# --- lock-out -------------------------------------------------------------------------------------------------------


def test_five_wrong_passwords_and_the_right_one_no_longer_opens_from_there():
    assert guesses("keeper", 5) == [200, 200, 200, 200, 429]
    locked = enter("keeper", RIGHT.format("keeper"))
    assert locked.status_code == 429
    assert "密码连续错了几次，先停一刻钟" in locked.content.decode()
    assert locked.headers["Cache-Control"] == "no-store"


def test_it_is_said_in_the_readers_language():
    guesses("keeper", 5)
    words = enter("keeper", "guess", language="en").content.decode()
    assert "please wait a quarter of an hour" in words and "密码" not in words.split("<main")[1]


def test_a_stranger_cannot_lock_out_the_real_person():
    assert guesses("keeper", 12, address=THERE)[-1] == 429
    assert enter("keeper", RIGHT.format("keeper"), address=HERE).headers["Location"] == "/desk/"


def test_others_at_the_same_address_go_on_signing_in():
    guesses("keeper", 5)
    assert enter("li", RIGHT.format("li")).headers["Location"] == "/desk/"


def test_the_same_name_in_other_letters_is_the_same_name():
    names = ["keeper", "Keeper", "KEEPER", " keeper", "keePer"]
    assert [enter(name, "guess").status_code for name in names] == [200, 200, 200, 200, 429]
    assert AccessAttempt.objects.get().failures_since_start == 5


def test_a_name_nobody_has_is_locked_just_the_same():
    assert guesses("nobody", 6) == [200, 200, 200, 200, 429, 429]


def test_after_a_quarter_of_an_hour_it_ends_though_somebody_went_on_trying():
    guesses("keeper", 5)
    AccessAttempt.objects.update(attempt_time=timezone.localtime() - timedelta(minutes=14))
    assert guesses("keeper", 3) == [429, 429, 429]
    AccessAttempt.objects.update(attempt_time=timezone.localtime() - timedelta(minutes=15, seconds=1))
    assert enter("keeper", RIGHT.format("keeper")).headers["Location"] == "/desk/"
    assert AccessAttempt.objects.count() == 0


# --- the second factor ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["li", "sun", "leader", "caller", "publisher", "reviewer", "auditor"])
def test_a_duty_that_sees_personal_data_is_refused_without_a_factor(name):
    client = Client()
    enter(name, RIGHT.format(name), client=client)
    for page in ("/desk/", "/desk/matters/"):
        assert client.get(page).headers["Location"] == "/accounts/2fa/"


def test_recovery_codes_alone_are_no_factor(cast):
    client = Client()
    RecoveryCodes.activate(cast.officials["li"].account)
    enter("li", RIGHT.format("li"), client=client)
    assert client.get("/desk/").headers["Location"] == "/accounts/2fa/"


def test_keeping_the_rules_alone_needs_none():
    client = Client()
    enter("keeper", RIGHT.format("keeper"), client=client)
    assert client.get("/desk/").status_code == 200


def test_with_a_factor_the_password_alone_does_not_sign_in(cast):
    Authenticator.objects.create(user=cast.officials["li"].account, type=Authenticator.Type.TOTP, data={"secret": "A"})
    client = Client()
    assert enter("li", RIGHT.format("li"), client=client).headers["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/desk/").headers["Location"].startswith("/accounts/login/")


def test_an_ended_post_opens_nothing_at_the_next_page(cast):
    client = Client()
    enter("keeper", RIGHT.format("keeper"), client=client)
    assert client.get("/desk/").status_code == 200
    cast.officials["keeper"].holdings.update(to_on=LONG_AGO)
    refused = client.get("/desk/")
    assert refused.status_code == 403
    assert "您现在不能打开这一页" in refused.content.decode()
    assert enter("keeper", RIGHT.format("keeper"), client=Client()).status_code == 302, "they may still sign in"


# --- a lost phone, and the single sign-on ---------------------------------------------------------------------------


def test_a_lost_sign_in_is_given_anew_and_the_old_session_ends(cast, capsys):
    account = cast.officials["keeper"].account
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "A"})
    SocialAccount.objects.create(user=account, provider="county", uid="7")
    client = Client()
    client.force_login(account, backend=BACKEND)
    entries = Entry.objects.count()
    call_command("reset_sign_in", "Keeper")
    password = capsys.readouterr().out.split("\n")[0].rpartition(" ")[2]
    assert Entry.objects.count() == entries + 1
    assert Authenticator.objects.count() == SocialAccount.objects.count() == 0
    assert client.get("/desk/").headers["Location"].startswith("/accounts/login/")
    assert enter("keeper", password).headers["Location"] == "/desk/"


def test_a_name_without_an_account_changes_nothing():
    with pytest.raises(CommandError, match="No account is called nobody"):
        call_command("reset_sign_in", "nobody")
    assert Entry.objects.count() == 0


def test_only_who_keeps_the_rules_may_give_a_sign_in_anew(cast):
    with pytest.raises(Refused) as refused:
        reset_sign_in(cast.officials["sun"].account, by=cast.li, now=NOON)
    assert refused.value.code == "NOT_YOUR_DUTY"
    assert reset_sign_in(cast.officials["sun"].account, by=cast.keeper, now=NOON)
    assert reset_sign_in(cast.officials["sun"].account, by=IMPORT, now=NOON)


def bind(username, uid):
    return bind_single_sign_on(username=username, provider="county", uid=uid, now=NOON)


def test_the_first_single_sign_on_ties_number_and_account_in_one_entry(cast):
    assert bind("Li", "4711").user == cast.officials["li"].account
    assert list(Entry.objects.values_list("what", "by")) == [("county.bind_single_sign_on", "official")]


@pytest.mark.parametrize("username", ["", "nobody"])
def test_a_name_we_do_not_know_ties_nothing(username):
    with pytest.raises(Refused) as refused:
        bind(username, "4711")
    assert (refused.value.code, SocialAccount.objects.count(), Entry.objects.count()) == ("UNKNOWN_PERSON", 0, 0)


def test_a_name_that_passed_to_another_person_does_not_open_the_account(cast):
    bind("li", "4711")
    with pytest.raises(Refused) as refused:
        bind("li", "4712")
    assert (refused.value.code, SocialAccount.objects.count(), Entry.objects.count()) == ("TIED_TO_ANOTHER", 1, 1)


@pytest.mark.parametrize("path", ["/accounts/password/reset/", "/accounts/email/"])
def test_nothing_is_reset_by_mail_and_nobody_learns_whose_address_it_is(cast, mailoutbox, path):
    Account.objects.filter(username="keeper").update(email="keeper@county.example")
    answers = [Client().post(path, {"email": f"{name}@county.example"}) for name in ("keeper", "nobody")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "请带工作证到县为民服务中心找管理员" in answers[0].content.decode()
    told = [answer.content.decode().split("<main")[1] for answer in answers]
    assert told[0] == told[1]
    assert mailoutbox == []
