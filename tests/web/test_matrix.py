"""Who may do what: every address × every role × reading and sending, against one table that people reviewed.

Each knock is about a real row and carries what would succeed (tests/web/doors.py), so a cell of matrix.csv says what
really comes of it: `yes` shown or done; `no` the duty is missing, whether the door or the verb says so; `none` as if it
were not there; `sign-in`, `again` (sign in anew first), `receipt` (number and PIN first), `key` (a token is missing);
`-` not in this way; a number is that status, for a reason of its own. An address missing from the table fails; so does
a row without an address.
"""

import csv
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import NOON, build
from tests.web.doors import DOORS, Door, World, enter, found, world
from weimin.county.duties import Duty

TABLE = Path(__file__).with_name("matrix.csv")
ROLES = ["anonymous", "resident", *(str(duty) for duty in Duty)]
METHODS = ["GET", "POST"]
# What stands in an address where it has a gap that its door does not fill.
FILLED = {"code": "WATER-OUT", "pk": "1", "fmt": "json", "key": "k", "uidb36": "1", "provider_id": "county",
          "office": "WATER", "rule": "RETURN", "urgency": "ORDINARY", "place": "990101", "template": "1",
          "post_code": "QS-01", "office_code": "WATER", "year": "2026", "official": "0", "leave": "0",
          "key_pk": "0", "gateway": "first", "hook": "0", "delivery": "0", "partner": "0"}  # fmt: skip
DOORSTEPS = {"/accounts/login/": "sign-in", "/accounts/reauthenticate/": "again", "/follow/": "receipt"}
# How a page says that the duty is missing, where the verb and not the door has said so.
NOT_YOURS = ("您现在的岗位没有这项职责", "这件事不在您的岗位范围内", "审计岗位只看不改", "上级审批，不能自己批自己的")


def addresses(resolver=None, *, space="", before="", gaps=()):
    """Every address as (name, route, gaps); one without a name goes by its route."""
    for entry in (resolver or get_resolver()).url_patterns:
        route, open_gaps = before + str(entry.pattern), (*gaps, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry, space=inner, before=route, gaps=open_gaps)
        elif isinstance(entry, URLPattern):
            yield (space + entry.name if entry.name else route), route, open_gaps


def path_of(here, name, route, gaps):
    """One address with its gaps filled."""
    if name == route:
        return "/" + route
    door = DOORS.get(name, Door())
    fill = {**FILLED, "number": here.number(door.stage), **found(here, door.gaps)}
    return reverse(name, kwargs={gap: fill[gap] for gap in gaps})


def body_of(here, name):
    """What is sent to this address, as its kind of client sends it."""
    door = DOORS.get(name, Door())
    sent = found(here, door.sent)
    if name.startswith("api:") and "files" not in sent:
        return {"data": json.dumps(sent), "content_type": "application/json"}
    if name.startswith("matters:desk_"):
        sent = {"version": here.matters[door.stage].version, **sent}
    return {"data": encode_multipart(BOUNDARY, sent), "content_type": MULTIPART_CONTENT}


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The county with its rows, made once: what one role does is undone before the next one comes."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield world(build())
        transaction.set_rollback(True)


@pytest.fixture
def here(built, django_db_blocker, monkeypatch, settings):
    settings.RATE_LIMITS = False
    cache.clear()  # the sign-in pages count there
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    with django_db_blocker.unblock(), transaction.atomic():
        yield World(built.cast, built.matters, built.photo)
        transaction.set_rollback(True)


def knock(client, here, path, method, name):
    """What the door answers; nothing that this does stays."""
    client.cookies.clear()
    client.cookies[settings.SESSION_COOKIE_NAME] = here.cookie
    key = {"Authorization": f"Bearer {here.key}"} if here.key else {}
    with transaction.atomic():
        sent = body_of(here, name) if method == "POST" else {}
        answer = client.generic(method, path, headers={**key, "Idempotency-Key": "k"}, **sent)
        transaction.set_rollback(True)
    if answer.streaming:
        assert b"".join(answer.streaming_content)  # a file, closed where it ends
    return word(answer)


def word(answer):
    assert answer.status_code < 500, (answer.status_code, answer.request["PATH_INFO"])
    if answer.status_code == 302 and "?" in answer["Location"]:
        return DOORSTEPS.get(answer["Location"].split("?")[0], "yes")
    plain = {401: "key", 403: "no", 404: "none", 405: "-"}.get(answer.status_code)
    if plain:
        return plain
    if any(sentence in said(answer) for sentence in NOT_YOURS):
        return "no"
    return "yes" if answer.status_code < 400 else str(answer.status_code)


def said(answer):
    """What a page says of what was sent: at the form, or in the words at the top of the next page."""
    form = answer.context.get("form") if answer.context else None
    errors = [str(error) for error in form.errors.values()] if form is not None and form.is_bound else []
    kept = getattr(answer.wsgi_request, "_messages", None)
    return " ".join([*errors, *(str(message) for message in (kept._queued_messages if kept else []))])


def found_by(here, role):
    """The column of one role."""
    enter(here, role)
    client = Client()
    return {
        (name, method): knock(client, here, path_of(here, name, route, gaps), method, name)
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
    assert set(DOORS) <= set(names)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_finds_the_doors_as_reviewed(here, role):
    expected = {cell: row[role] for cell, row in reviewed().items()}
    assert found_by(here, role) == expected
