"""Signatures of Standard Webhooks, against the example its authors publish."""

from datetime import UTC, datetime, timedelta

import pytest

from weimin.kernel.signatures import key_of, proves, sign

# The example of the reference libraries of Standard Webhooks.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
AT = datetime.fromtimestamp(int(STAMP), tz=UTC)


def _proves(**over):
    said = {"message_id": ID, "stamp": STAMP, "signatures": SIGNED, "body": BODY, "now": AT, **over}
    return proves(SECRET, **said)


def test_the_published_example_is_signed_as_published():
    assert sign(SECRET, message_id=ID, at=AT, body=BODY) == {
        "webhook-id": ID, "webhook-timestamp": STAMP, "webhook-signature": SIGNED,
    }  # fmt: skip
    assert _proves()


@pytest.mark.parametrize(
    "over",
    [
        {"body": BODY + b" "}, {"message_id": "msg_other"}, {"message_id": ""}, {"stamp": "1614265331"},
        {"stamp": ""}, {"stamp": "9" * 13}, {"stamp": "-1"}, {"signatures": ""}, {"signatures": SIGNED[3:]},
        {"signatures": SIGNED.replace("v1", "v2")}, {"now": AT + timedelta(seconds=301)},
        {"now": AT - timedelta(seconds=301)},
    ],
)  # fmt: skip
def test_one_thing_changed_proves_nothing(over):
    assert not _proves(**over)


def test_of_several_signatures_one_is_enough_and_five_minutes_are_fresh():
    assert _proves(signatures=f"v1,AAAA v2,x {SIGNED}")
    assert _proves(now=AT + timedelta(seconds=300))


def test_a_secret_that_is_no_base64_is_told():
    with pytest.raises(ValueError, match="base64"):
        key_of("whsec_***")
