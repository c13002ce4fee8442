"""Second factors, and sessions with what nobody has sent yet: sealed, and turned with the keys."""

import json
from datetime import timedelta
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.contrib.sessions.models import Session
from django.test import Client

from tests.cast import NOON
from weimin.county.actors import IMPORT
from weimin.county.sealed import KeyTrouble, resealing, ring
from weimin.county.sealed.holders import OfSessions
from weimin.county.sealed.sign_ins import open_factor
from weimin.county.services import retire_data_key, rotate_data_key
from weimin.county.sessions import SessionStore

pytestmark = pytest.mark.usefixtures("own_keys")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LATER = NOON + timedelta(minutes=2)


def shown():
    """What an authenticator app would show now."""
    return format_hotp_value(hotp_value(SECRET, list(yield_hotp_counters_from_time())[-1]))


@pytest.fixture
def li(cast):
    """Li Min, with an authenticator app and recovery codes."""
    account = cast.officials["li"].account
    TOTP.activate(account, SECRET)
    RecoveryCodes.activate(account)
    return account


@pytest.fixture
def draft(cast):
    """A phone on which somebody has begun to write."""
    phone = Client()
    phone.post("/file/", {"text": "王桂芳家停水两天了。", "request": "HELP"})
    return phone


def factor(account, kind):
    return Authenticator.objects.get(user=account, type=kind)


def codes_of(account):
    return factor(account, "recovery_codes").wrap().get_unused_codes()


def test_what_stands_in_the_tables(li, draft):
    totp, codes, session = factor(li, "totp"), factor(li, "recovery_codes"), Session.objects.get()
    for value in (totp.data["secret"], codes.data["seed"], session.session_data):
        assert value.startswith(ring().newest.mark)
    assert totp.wrap().validate_code(shown())
    assert len(codes_of(li)) == 10
    assert "王桂芳" in json.dumps(SessionStore(session.session_key).load(), ensure_ascii=False)
    assert "王桂芳" in draft.get("/file/").content.decode()


def test_they_are_turned_with_the_keys(li, draft):
    codes, old = codes_of(li), ring().newest
    new = rotate_data_key(by=IMPORT, now=NOON)
    assert dict(resealing.count_by_key()) == {old.id: 3, new.id: 0}
    assert (resealing.reseal(lambda count: None), resealing.count_behind()) == (3, 0)
    assert dict(resealing.count_by_key()) == {old.id: 0, new.id: 3}
    retire_data_key(old.id, by=IMPORT, now=LATER)
    assert open_factor(factor(li, "totp").data["secret"]) == SECRET
    assert codes_of(li) == codes
    assert "王桂芳" in draft.get("/file/").content.decode()
    assert resealing.open_all(lambda count: None) == {"opened": 3}


def test_a_session_put_under_another_key_is_empty(draft):
    session = Session.objects.get()
    Session.objects.create(session_key="s" * 32, session_data=session.session_data, expire_date=session.expire_date)
    assert SessionStore("s" * 32).load() == {}
    with pytest.raises(KeyTrouble, match=r"django_session.session_data:s{32} does not open"):
        OfSessions().open(Session.objects.get(session_key="s" * 32))


def test_a_factor_that_is_not_sealed_opens_nothing(li):
    Authenticator.objects.filter(user=li, type="totp").update(data={"secret": SECRET})
    with pytest.raises(KeyTrouble, match=r"mfa_authenticator.data is not sealed. Run bin/weimin county migrate"):
        factor(li, "totp").wrap().validate_code("000000")


def test_those_of_before_are_sealed_and_a_passkey_is_left_alone(li):
    """As the migration does it."""
    passkey = Authenticator.objects.create(user=li, type="webauthn", data={"name": "key", "credential": {}})
    Authenticator.objects.filter(user=li, type="totp").update(data={"secret": SECRET})
    plain = PlainStore()
    plain["draft"] = "王桂芳"
    plain.save()
    Session.objects.create(session_key="e" * 32, session_data="", expire_date=NOON)
    assert SessionStore(plain.session_key).load() == {"draft": "王桂芳"}, "nobody is signed out by the upgrade"
    for _again in range(2):
        import_module("weimin.county.migrations.0006_seal_sign_ins").seal_sign_ins(apps, None)
        assert factor(li, "totp").data["secret"].startswith(ring().newest.mark)
        assert Session.objects.get(pk=plain.session_key).session_data.startswith(ring().newest.mark)
    assert open_factor(factor(li, "totp").data["secret"]) == SECRET
    assert SessionStore(plain.session_key).load() == {"draft": "王桂芳"}
    passkey.refresh_from_db()
    assert passkey.data == {"name": "key", "credential": {}}
    assert resealing.count_behind() == 0
