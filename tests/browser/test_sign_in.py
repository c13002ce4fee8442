"""Li Min's second factor, set up and used in a real browser: a passkey, a code on the phone, a slip of paper."""

import re
from copy import deepcopy

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache

from config.environment import form_targets, read_environment, single_sign_on
from tests.browser.people import DESK, PHONE
from tests.peers.openid import CLIENT, SECRET, Provider

PASSWORD = "a long password for li"
NEEDED = "您的岗位能看到居民个人信息，请先设置手机验证码或通行密钥，任选一样。"


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def desk(at, live_server):
    """Li Min's screen. Passkeys belong to a host name, and the test server goes by `localhost`."""

    def screen(width=DESK, **how):
        page = at(width, **how)
        page.base = live_server.url.replace("127.0.0.1", "localhost")
        return page

    return screen


def virtual_key(page):
    """A fingerprint reader that always says yes, as Chromium's own tests use it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, added["authenticatorId"]


def enter(page, password=PASSWORD):
    page.goto(page.base + "/desk/")
    page.get_by_label("账号").fill("li")
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def leave(page):
    page.goto(page.base + "/accounts/logout/")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(page.base + "/")


def stands_at_the_desk(page):
    page.wait_for_url(page.base + "/desk/")
    return page.locator("h1").inner_text() != ""


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def add_passkey(page, *, passwordless):
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("给它起个名字").fill("办公室电脑")
    if passwordless:
        page.get_by_label("用它直接登录，不再输密码").check()
    page.get_by_role("button", name="添加").click()
    page.wait_for_url("**/recovery-codes/")


def test_a_passkey_is_added_and_signs_in_without_a_password(desk, county, faults, keep):
    page = desk()
    devtools, key = virtual_key(page)
    enter(page)
    page.wait_for_url("**/accounts/2fa/")
    assert NEEDED in page.inner_text("main")
    keep(page, "second-factor-1280-zh-hans")
    assert faults(page) == []
    add_passkey(page, passwordless=True)
    kept = devtools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    assert [credential["rpId"] for credential in kept] == ["localhost"]
    keep(page, "recovery-codes-1280-zh-hans")
    codes = page.get_by_label("没用过的备用码").input_value().split()
    assert len(codes) == len(set(codes)) == 10
    page.goto(page.base + "/desk/")
    assert stands_at_the_desk(page)
    leave(page)
    page.goto(page.base + "/accounts/login/?next=/desk/")
    page.get_by_role("button", name="用通行密钥登录").click()
    assert stands_at_the_desk(page)
    assert Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).last_used_at is not None


def test_a_passkey_is_the_second_factor_after_the_password(desk):
    page = desk()
    virtual_key(page)
    enter(page)
    add_passkey(page, passwordless=False)
    leave(page)
    enter(page)
    page.wait_for_url("**/2fa/authenticate/")
    page.get_by_role("button", name="用通行密钥或安全钥匙").click()
    assert stands_at_the_desk(page)


def test_a_device_without_the_key_says_so_and_lets_nobody_in(desk):
    page = desk()
    devtools, key = virtual_key(page)
    enter(page)
    add_passkey(page, passwordless=True)
    leave(page)
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    _another = virtual_key(page)
    page.goto(page.base + "/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.get_by_text("没有读到通行密钥").wait_for()
    page.goto(page.base + "/desk/")
    assert "/accounts/login/" in page.url


def test_a_code_on_the_phone_is_set_up_by_picture_or_by_hand(desk, faults, keep):
    page = desk(PHONE)
    enter(page)
    page.get_by_role("link", name="启用手机验证码").click()
    picture = page.get_by_role("img", name="给验证器扫的二维码")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    secret = page.get_by_label("密钥", exact=True).input_value()
    assert re.fullmatch(r"[A-Z2-7]{32}", secret)
    keep(page, "totp-360-zh-hans")
    assert faults(page) == []
    page.get_by_label("验证器上的 6 位验证码").fill("000000")
    page.get_by_role("button", name="启用").click()
    assert page.get_by_label("密钥", exact=True).input_value() == secret, "a slip does not make one scan again"
    page.get_by_label("验证器上的 6 位验证码").fill(code_of(secret))
    page.get_by_role("button", name="启用").click()
    page.wait_for_url("**/recovery-codes/")
    codes = page.get_by_label("没用过的备用码").input_value().split()
    page.goto(page.base + "/desk/")
    assert stands_at_the_desk(page)
    leave(page)
    enter(page)
    page.get_by_label("手机验证器上的 6 位验证码").fill(codes[0])
    page.get_by_role("button", name="登录", exact=True).click()
    assert stands_at_the_desk(page)
    leave(page)
    enter(page)
    page.get_by_label("手机验证器上的 6 位验证码").fill(codes[0])
    page.get_by_role("button", name="登录", exact=True).click()
    assert page.get_by_label("手机验证器上的 6 位验证码").get_attribute("aria-invalid") == "true"
    page.goto(page.base + "/desk/")
    assert page.url.startswith(page.base + "/accounts/2fa/authenticate/"), "half signed in is not signed in"


def test_without_a_factor_no_page_of_the_desk_opens(desk, county):
    matter = county.matter()
    page = desk()
    enter(page)
    for place in ("/desk/", "/desk/matters/", f"/desk/matters/{matter.number}/"):
        page.goto(page.base + place)
        assert page.url == page.base + "/accounts/2fa/"
        assert matter.number not in page.content()


def test_the_county_single_sign_on_is_reached_and_leads_back(desk, settings, monkeypatch):
    """The policy of our pages holds back forms that lead elsewhere; this one it lets through."""
    page = desk()
    with Provider() as provider:
        provider.person = {"sub": "1", "preferred_username": "keeper"}
        for name, value in [("URL", provider.issuer), ("CLIENT", CLIENT), ("SECRET", SECRET)]:
            monkeypatch.setenv(f"WEIMIN_OIDC_{name}", value)
        settings.SOCIALACCOUNT_PROVIDERS = single_sign_on(read_environment())
        settings.CONTENT_SECURITY_POLICY = deepcopy(settings.CONTENT_SECURITY_POLICY)
        settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += form_targets(read_environment())
        page.goto(page.base + "/accounts/login/")
        page.get_by_role("link", name="统一身份认证").click()
        page.get_by_role("button", name="继续").click()
        assert stands_at_the_desk(page)
    assert provider.asked == [f"{page.base}/accounts/oidc/county/login/callback/"]
