"""What the operator writes of mail servers, gateways and mailboxes is read, or told with what to mend."""

import json

import pytest

from config.environment import read_environment
from tests.notices.outside import SECRET

SERVER = {"host": "mail.county.example", "user": "weimin", "password": "p"}
GATEWAY = {"name": "first", "url": "https://sms.example/send", "key": "k", "secret": SECRET}
BOX = {
    "county": "990101",
    "address": "o@county.example",
    "host": "imap.example",
    "user": "o",
    "password": "p",
    "kind": "x",
}


@pytest.fixture
def told(monkeypatch, tmp_path):
    """`told(SMS_GATEWAYS=[...])` reads the environment that says so."""
    monkeypatch.setenv("WEIMIN_HOME", str(tmp_path))

    def read(**settings):
        for name, value in settings.items():
            monkeypatch.setenv(f"WEIMIN_{name}", value if isinstance(value, str) else json.dumps(value))
        return read_environment()

    return read


def test_what_is_whole_is_read_and_its_secrets_are_not_shown(told):
    read = told(MAIL_SERVERS=[SERVER], MAIL_FROM="o@county.example", SMS_GATEWAYS=[GATEWAY], MAILBOXES=[BOX])
    (server,), (gateway,), (box,) = read.mail_servers, read.sms_gateways, read.mailboxes
    assert (server.port, server.security, gateway.name, box.folder) == (587, "starttls", "first", "INBOX")
    assert gateway.secret.get_secret_value() == SECRET
    assert SECRET not in repr(read)


def test_nothing_is_needed(told):
    read = told()
    assert (read.mail_servers, read.sms_gateways, read.mailboxes) == ([], [], [])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"MAIL_SERVERS": [SERVER]}, "WEIMIN_MAIL_FROM"),
        ({"MAIL_SERVERS": [{**SERVER, "security": "none"}], "MAIL_FROM": "o@c.example"}, "WEIMIN_MAIL_SERVERS 0"),
        ({"SMS_GATEWAYS": "first"}, "JSON lists"),
        ({"SMS_GATEWAYS": [{**GATEWAY, "url": "http://sms.example/"}]}, "WEIMIN_SMS_GATEWAYS 0 url: .*https"),
        ({"SMS_GATEWAYS": [{**GATEWAY, "secret": "short"}]}, "WEIMIN_SMS_GATEWAYS 0 secret: .*24 bytes"),
        ({"SMS_GATEWAYS": [{**GATEWAY, "secret": "whsec_***"}]}, "WEIMIN_SMS_GATEWAYS 0 secret: .*base64"),
        ({"SMS_GATEWAYS": [{**GATEWAY, "colour": "red"}]}, "WEIMIN_SMS_GATEWAYS 0 colour"),
        ({"SMS_GATEWAYS": [GATEWAY, GATEWAY]}, "the same name"),
        ({"MAILBOXES": [{**BOX, "security": "none"}]}, "WEIMIN_MAILBOXES 0: .*only on this machine"),
        ({"CARRIER_SECONDS": "0"}, "WEIMIN_CARRIER_SECONDS"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(told, settings, words):
    with pytest.raises(SystemExit, match=words) as stopped:
        told(**settings)
    assert SECRET not in str(stopped.value)
