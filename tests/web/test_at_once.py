"""What is taken away ends with the next request: a post, a duty, a place, a key, an account, a second factor.

Each change is written as another process would have made it, so that nothing this process keeps in memory is told.
"""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.cast import LONG_AGO, NOON
from tests.staff import enter
from weimin.county.actors import IMPORT
from weimin.county.models import Account, ApiToken, Holding, Leave, Office, Place, Post
from weimin.county.services import issue_token
from weimin.kernel import clock
from weimin.matters.models import Matter

YESTERDAY = NOON.date() - timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_noon(cast, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def number(cast):
    return cast.matter("HANDLED").number


def sun():
    return Holding.objects.filter(post__code="WATER-02")


def water():
    return Post.objects.filter(code="WATER-02")


# what is taken away from Sun → what his desk and his program are told of his own matter at once
TAKEN = {
    "the post is no longer held": (lambda: sun().update(to_on=YESTERDAY), "no", 401),
    "the duty is gone": (lambda: water().update(duties=[]), "no", 404),
    "another duty has taken its place": (lambda: water().update(duties=["CONFIGURE"]), "none", 404),
    "the post is retired": (lambda: water().update(retired_on=YESTERDAY), "no", 401),
    "the post is of another office": (lambda: water().update(office=Office.objects.get(code="ROADS")), "none", 404),
    "they are on leave": (
        lambda: Leave.objects.create(official=sun().get().official, from_on=NOON.date(), to_on=NOON.date()), "no", 401,
    ),
    "the key is revoked": (lambda: ApiToken.objects.update(revoked_at=NOON), "yes", 401),
    "the key has expired": (lambda: ApiToken.objects.update(expires_at=NOON), "yes", 401),
    "the key has fewer duties": (lambda: ApiToken.objects.update(duties=[]), "yes", 404),
    "the account is closed": (lambda: Account.objects.filter(username="sun").update(is_active=False), "sign-in", 200),
    "the password was given anew": (
        lambda: Account.objects.filter(username="sun").update(one_time_password=True), "password", 200,
    ),
    "the second factor is gone": (lambda: Authenticator.objects.all().delete(), "factor", 200),
}  # fmt: skip
SAID = {
    "/accounts/login/": "sign-in", "/accounts/password/change/": "password", "/accounts/2fa/": "factor",
}  # fmt: skip


def desk(client, number):
    answer = client.get(f"/desk/matters/{number}/")
    if answer.status_code == 302:
        return SAID[answer.url.split("?")[0]]
    return {200: "yes", 403: "no", 404: "none"}[answer.status_code]


@pytest.mark.parametrize("what", TAKEN)
def test_it_ends_with_the_next_request(cast, number, what):
    Matter.objects.filter(number=number).update_by_verb(owner=cast.posts["WATER-01"])  # led, and no longer owned
    take, at_desk, for_program = TAKEN[what]
    client = enter(Client(), cast.officials["sun"])
    _token, key = issue_token(name="k", use="REST", post=cast.posts["WATER-02"], duties=["HANDLE"], by=IMPORT, now=NOON)
    headers = {"Authorization": f"Bearer {key}"}
    ask = lambda: Client().get(f"/api/v1/matters/{number}", headers=headers).status_code  # noqa: E731
    assert (desk(client, number), ask()) == ("yes", 200)
    take()
    assert (desk(client, number), ask()) == (at_desk, for_program)


def test_a_narrower_place_is_the_keys_at_once(cast):
    number = cast.matter().number
    _token, key = issue_token(name="k", use="REST", post=cast.posts["QS-01"], duties=["CLASSIFY"], by=IMPORT, now=NOON)
    ask = lambda: Client().get(f"/api/v1/matters/{number}", headers={"Authorization": f"Bearer {key}"})  # noqa: E731
    Matter.objects.filter(number=number).update_by_verb(owner=cast.posts["QX-01"])
    assert ask().status_code == 200
    Post.objects.filter(code="QS-01").update(covers=Place.objects.get(code="990101102"))
    assert ask().status_code == 404


def test_a_stand_in_acts_at_once_and_no_longer_than_needed(cast, number):
    water().update(stand_in=cast.posts["ROADS-01"])
    roads = enter(Client(), cast.officials["roads"])
    assert desk(roads, number) == "none"
    leave = Leave.objects.create(official=cast.officials["sun"], from_on=NOON.date(), to_on=NOON.date())
    assert desk(roads, number) == "yes"
    leave.delete()
    assert desk(roads, number) == "none"


def test_a_key_never_has_more_than_its_post_even_if_its_own_row_says_so(cast, number):
    _token, key = issue_token(name="k", use="REST", post=cast.posts["WATER-02"], duties=[], by=IMPORT, now=NOON)
    ApiToken.objects.update(duties=["TAKE_IN", "AUDIT"])
    answer = Client().get(f"/api/v1/matters/{number}", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 404


def test_an_open311_key_opens_nothing_of_the_staff_and_a_staff_key_nothing_of_open311(cast, number):
    _token, outside = issue_token(name="a", use="OPEN311", post=None, duties=[], by=IMPORT, now=NOON)
    _token, inside = issue_token(
        name="b", use="REST", post=cast.posts["WATER-02"], duties=["HANDLE"], by=IMPORT, now=NOON
    )
    staff = Client().get(f"/api/v1/matters/{number}", headers={"Authorization": f"Bearer {outside}"})
    sent = {"api_key": inside, "service_code": "WATER-OUT", "description": "停水", "address_string": "桥头"}
    public = Client().post("/open311/v2/requests.json", sent)
    assert (staff.status_code, public.status_code) == (401, 403)


def test_who_came_before_still_needs_a_post_today(cast):
    """A session outlives a post; it opens nothing until somebody is appointed again."""
    client = enter(Client(), cast.officials["keeper"])
    held = Holding.objects.filter(official=cast.officials["keeper"])
    held.update(to_on=YESTERDAY)
    assert client.get("/desk/").status_code == 403
    Holding.objects.create(official=cast.officials["keeper"], post=cast.posts["HALL-04"], from_on=NOON.date())
    assert held.filter(from_on=LONG_AGO).exists()
    assert client.get("/desk/").status_code == 200
