"""An official comes in by the county's single sign-on: a provider on loopback, set up as sign-in.md says."""

import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from config.environment import form_targets, read_environment, single_sign_on
from tests.cast import LONG_AGO, NOON
from tests.peers.openid import CLIENT, SECRET, Provider
from weimin.county.models import Account
from weimin.ledger.models import Entry

pytestmark = pytest.mark.peer
LI = {"sub": "4711", "preferred_username": "Li", "name": "李敏", "email": "li@county.example"}
KEEPER = {"sub": "4712", "preferred_username": "keeper", "name": "钱理"}


@pytest.fixture
def provider(cast, settings, monkeypatch):
    """The single sign-on runs, and Weimin is set up for it by its three settings."""
    cache.clear()
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    with Provider() as running:
        monkeypatch.setenv("WEIMIN_OIDC_URL", running.issuer)
        monkeypatch.setenv("WEIMIN_OIDC_CLIENT", CLIENT)
        monkeypatch.setenv("WEIMIN_OIDC_SECRET", SECRET)
        settings.SOCIALACCOUNT_PROVIDERS = single_sign_on(read_environment())
        yield running
    cache.clear()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_how):
        return None


def sent_to(address):
    """Where the single sign-on sends the person's browser."""
    try:
        urllib.request.build_opener(_Stay).open(address, timeout=20)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.headers["Location"]


def come_in(provider, person, client=None):
    """The button, the single sign-on's page, and back; returns what the person then sees."""
    provider.person = person
    client = client or Client()
    away = client.post(reverse("openid_connect_login", args=["county"]))
    assert away.status_code == 302 and away["Location"].startswith(provider.issuer)
    back = urlsplit(sent_to(away["Location"]))
    assert back.path == "/accounts/oidc/county/login/callback/"
    return client, client.get(f"{back.path}?{back.query}")


def test_the_sign_in_page_offers_it_by_the_countys_name_for_it(provider):
    page = Client().get("/accounts/login/").content.decode()
    assert "统一身份认证" in page and "/accounts/oidc/county/login/" in page


def test_without_settings_there_is_no_such_button(cast):
    assert "/accounts/oidc/" not in Client().get("/accounts/login/").content.decode()


def test_an_official_is_known_by_name_once_and_by_their_number_from_then_on(provider, cast):
    client, answer = come_in(provider, KEEPER)
    assert answer["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    assert list(Entry.objects.values_list("what", flat=True)) == ["county.bind_single_sign_on"]
    _client, again = come_in(provider, {**KEEPER, "preferred_username": "qian.li"})
    assert again["Location"] == "/desk/"
    tied = SocialAccount.objects.get()
    assert (tied.user, tied.uid, tied.extra_data) == (cast.officials["keeper"].account, "4712", {})
    assert Entry.objects.count() == 1


def test_a_stranger_is_not_let_in_and_is_told_what_to_do(provider):
    accounts = Account.objects.count()
    client, answer = come_in(provider, {"sub": "1", "preferred_username": "wang.guifang"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "统一身份认证确认了您的身份，但这里没有您的账号。" in page
    assert "wang.guifang" in page and "由他们核对后开设或改正" in page
    assert client.get("/desk/")["Location"].startswith("/accounts/login/")
    assert (Account.objects.count(), SocialAccount.objects.count(), Entry.objects.count()) == (accounts, 0, 0)


def test_a_name_given_to_another_person_does_not_open_the_first_ones_account(provider):
    come_in(provider, KEEPER)
    client, answer = come_in(provider, {**KEEPER, "sub": "9999"})
    assert answer.status_code == 403
    assert "这个账号已经和另一个身份绑定" in answer.content.decode()
    assert client.get("/desk/")["Location"].startswith("/accounts/login/")


def test_an_official_of_an_ended_post_gets_no_duty(provider, cast):
    cast.officials["keeper"].holdings.update(to_on=LONG_AGO)
    client, answer = come_in(provider, KEEPER)
    assert answer["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 403


def test_a_closed_account_stays_closed(provider, cast):
    Account.objects.filter(username="keeper").update(is_active=False)
    client, answer = come_in(provider, KEEPER)
    assert answer["Location"] == "/accounts/inactive/"
    assert client.get("/desk/")["Location"].startswith("/accounts/login/")


def test_the_second_factor_is_asked_for_here_all_the_same(provider, cast):
    client, answer = come_in(provider, LI)
    assert answer["Location"] == "/desk/"
    assert client.get("/desk/")["Location"] == "/accounts/2fa/", "none is set up: that comes first"
    account = cast.officials["li"].account
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "A"})
    client, answer = come_in(provider, LI)
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/desk/")["Location"].startswith("/accounts/login/")


def test_who_turns_back_at_the_single_sign_on_is_told_so(provider):
    _client, answer = come_in(provider, {})
    assert answer["Location"] == "/accounts/3rdparty/login/cancelled/"


def test_a_forged_return_signs_nobody_in(provider):
    client, _answer = come_in(provider, {})
    answer = client.get("/accounts/oidc/county/login/callback/?code=code-1&state=forged")
    assert "统一身份认证没有通过" in answer.content.decode()
    assert client.get("/desk/")["Location"].startswith("/accounts/login/")


def test_the_browser_may_follow_the_form_there_and_nowhere_else(monkeypatch):
    for name, value in [("URL", "https://sso.county.example/realms/county/"), ("CLIENT", "weimin"), ("SECRET", "s")]:
        monkeypatch.setenv(f"WEIMIN_OIDC_{name}", value)
    assert form_targets(read_environment()) == ["https://sso.county.example"]
    monkeypatch.delenv("WEIMIN_OIDC_URL")
    with pytest.raises(SystemExit, match="single sign-on needs WEIMIN_OIDC_URL too, or none of the three"):
        read_environment()


def test_an_unsealed_single_sign_on_is_refused(monkeypatch):
    monkeypatch.setenv("WEIMIN_OIDC_URL", "http://sso.county.example")
    with pytest.raises(SystemExit, match=r"WEIMIN_OIDC_URL: .*https"):
        read_environment()
