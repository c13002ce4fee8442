"""Who may do what: every address × every role × reading and sending, against one table that people reviewed.

matrix.csv says for each cell what the house answers at its door: `yes` it goes on (to show, to do, or to say what is
wrong with what was sent), `no` the duty is missing, `sign-in`, `again` (sign in anew first), `receipt` (number and PIN
first), `key` (a token is missing), `none` as if it were not there, `-` not in this way. An address missing from the
table fails; so does a row without an address.
"""

import csv
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import LONG_AGO, NOON
from weimin.county.actors import IMPORT
from weimin.county.duties import Duty
from weimin.county.models import Account, ApiToken, Holding, Official, Post
from weimin.county.services import issue_token
from weimin.matters import numbering
from weimin.matters.models import Matter
from weimin.matters.states import State

TABLE = Path(__file__).with_name("matrix.csv")
ROLES = ["anonymous", "resident", *(str(duty) for duty in Duty)]
METHODS = ["GET", "POST"]
PIN = "123456"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# What stands in an address where it has a gap.
FILLED = {"code": "WATER-OUT", "pk": "1", "fmt": "json", "token": "abc", "sha256": "0" * 64, "key": "k", "uidb36": "1",
          "provider_id": "county", "post_code": "QS-01", "office_code": "WATER", "year": "2026",
          "official": "0", "leave": "0", "key_pk": "0"}  # fmt: skip


def addresses(resolver=None, *, space="", before="", gaps=()):
    """Every address as (name, route, gaps); one without a name goes by its route."""
    for entry in (resolver or get_resolver()).url_patterns:
        route, open_gaps = before + str(entry.pattern), (*gaps, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry, space=inner, before=route, gaps=open_gaps)
        elif isinstance(entry, URLPattern):
            yield (space + entry.name if entry.name else route), route, open_gaps


def path_of(name, route, gaps, number):
    """One address with its gaps filled."""
    if name == route:
        return "/" + route
    return reverse(name, kwargs={gap: {**FILLED, "number": number}[gap] for gap in gaps})


@pytest.fixture
def matter(cast, monkeypatch, settings):
    settings.RATE_LIMITS = False
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    matter = cast.matter(State.HANDLED)
    Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=numbering.pin_digest(matter.number, PIN))
    return matter


def one_duty(cast, duty):
    """An official of the office that handles the matter, over the whole county, with this duty and no other."""
    post = Post.objects.create(
        code=f"ONE-{duty}", name_zh="岗位", name_en="Post", office=cast.offices["WATER"], duties=[duty],
        covers=cast.places["county"],
    )  # fmt: skip
    account = Account.objects.create_user(username=f"only-{duty}".lower())
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={})
    official = Official.objects.create(account=account, name_zh="何人", name_en="Somebody")
    Holding.objects.create(official=official, post=post, from_on=LONG_AGO)
    _token, key = issue_token(
        name=duty, use=ApiToken.Use.REST, post=post, duties=[duty], by=IMPORT, now=NOON, per_minute=100_000
    )
    return account, key


def enter(cast, role, matter):
    """The cookie and the headers with which this role comes to every door."""
    client, headers = Client(), {}
    if role == "resident":
        client.post("/follow/", {"number": matter.number, "pin": PIN})
    elif role != "anonymous":
        account, key = one_duty(cast, role)
        client.force_login(account, backend=BACKEND)
        headers = {"Authorization": f"Bearer {key}"}
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else "", headers


def knock(path, method, cookie, headers):
    """What the door answers; nothing that this does stays."""
    client = Client(raise_request_exception=True)
    if cookie:
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    with transaction.atomic():
        sent = {"data": "{}", "content_type": "application/json"} if path.startswith("/api/") else {}
        answer = client.generic(method, path, headers={**headers, "Idempotency-Key": "k"}, **sent)
        transaction.set_rollback(True)
    return word(answer)


def word(answer):
    assert answer.status_code < 500, (answer.status_code, answer.request["PATH_INFO"])
    doors = {"/accounts/login/": "sign-in", "/accounts/reauthenticate/": "again", "/follow/": "receipt"}
    if answer.status_code == 302 and "?" in answer["Location"]:
        return doors.get(answer["Location"].split("?")[0], "yes")
    return {401: "key", 403: "no", 404: "none", 405: "-"}.get(answer.status_code, "yes")


def found_by(cast, role, matter):
    """The column of one role."""
    cookie, headers = enter(cast, role, matter)
    return {
        (name, method): knock(path_of(name, route, gaps, matter.number), method, cookie, headers)
        for name, route, gaps in addresses()
        for method in METHODS
    }


def reviewed():
    with TABLE.open(newline="") as file:
        return {(row.pop("address"), row.pop("method")): row for row in csv.DictReader(file)}


def test_every_address_stands_in_the_table_and_no_other():
    names = [name for name, *_rest in addresses()]
    assert len(set(names)) == len(names)
    assert {(name, method) for name in names for method in METHODS} == set(reviewed())


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_role_finds_the_doors_as_reviewed(cast, matter, role):
    expected = {cell: row[role] for cell, row in reviewed().items()}
    assert found_by(cast, role, matter) == expected
