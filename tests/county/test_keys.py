"""Keys: shown once, kept as a digest, never wider than the post."""

from datetime import timedelta
from hashlib import sha256

import pytest

from tests.cast import NOON
from weimin.county.duties import Duty
from weimin.county.models import ApiToken
from weimin.county.services import issue_token, revoke_token
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry

pytestmark = pytest.mark.django_db


def test_the_raw_key_is_returned_and_only_its_digest_kept(cast):
    token, raw = issue_token(
        name="便民 App", use="REST", post=cast.posts["QS-01"], duties=[Duty.TAKE_IN], by=cast.keeper, now=NOON
    )
    kept = ApiToken.objects.get()
    assert (kept.digest, kept.hint, kept.duties) == (sha256(raw.encode()).hexdigest(), raw[-4:], ["TAKE_IN"])
    assert len(raw) >= 40
    entry = Entry.objects.get()
    assert (entry.what, entry.about, raw in entry.body) == ("county.issue_token", f"token:{token.pk}", False)


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"duties": [Duty.PUBLISH]}, "BEYOND_THE_POST"),
        ({"post": None, "duties": []}, "NO_POST"),
        ({"post": None, "use": "OPEN311"}, "BEYOND_THE_POST"),
        ({"name": " "}, "NO_NAME"),
        ({"expires_at": NOON}, "ALREADY_PAST"),
    ],
)
def test_a_key_that_should_not_be_is_not_made(cast, over, code):
    wanted = {"name": "x", "use": "REST", "post": cast.posts["QS-01"], "duties": [Duty.TAKE_IN]} | over
    with pytest.raises(Refused) as refused:
        issue_token(**wanted, by=cast.keeper, now=NOON)
    assert (refused.value.code, ApiToken.objects.count(), Entry.objects.count()) == (code, 0, 0)


def test_only_the_keeper_makes_keys(cast):
    with pytest.raises(Refused):
        issue_token(name="x", use="OPEN311", post=None, duties=[], by=cast.li, now=NOON)
    assert ApiToken.objects.count() == 0


def test_a_key_is_revoked_once(cast):
    token, _raw = issue_token(name="x", use="OPEN311", post=None, duties=[], by=cast.keeper, now=NOON)
    revoke_token(token, by=cast.keeper, now=NOON + timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        revoke_token(token, by=cast.keeper, now=NOON + timedelta(hours=2))
    assert (refused.value.code, ApiToken.objects.get().revoked_at) == ("ALREADY_REVOKED", NOON + timedelta(hours=1))
