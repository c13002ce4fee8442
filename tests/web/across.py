"""Knocking at the doors of one county from another, and what of it may be seen: see test_two_counties.py.

The fixture `counties` gives both, made once a module; what a knock does is undone.
"""

import json

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests import harness, standing
from tests.cast import NOON
from tests.web.neighbour import HOSTS, MARK, PHONE, County, two_counties
from tests.web.test_matrix import addresses
from weimin.catalogue.models import AnswerTemplate, Article, Kind, Route, Urgency
from weimin.county.context import use_county
from weimin.county.models import AnsweredRequest, ApiToken, Holding, Leave, Office, Official, Post
from weimin.households.models import Reading, Resident
from weimin.ledger.models import Entry
from weimin.matters.models import Attachment, Event, Matter, SavedView
from weimin.notices.models import Notice

MASKED = f"{PHONE[:3]}****{PHONE[-4:]}"
ALL = list(addresses())
KEPT = (Matter, Event, Entry, Notice, Attachment, Reading, Resident, SavedView, AnsweredRequest, Post, Official,
        Holding, Leave, Office, ApiToken, Kind, Urgency, Route, AnswerTemplate, Article)  # fmt: skip


@pytest.fixture(scope="module")
def county_b():
    return harness.B


@pytest.fixture(scope="module")
def both(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        standing.neighbour.empty()
        yield two_counties()
        transaction.set_rollback(True)


@pytest.fixture
def counties(county_b, both, django_db_blocker, monkeypatch, settings):
    settings.RATE_LIMITS = False
    cache.clear()
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    with django_db_blocker.unblock(), transaction.atomic():
        yield both
        transaction.set_rollback(True)


def rows():
    """How many there are of everything, in each county: one statement, for it is asked twice at every knock."""
    tables = [(code, model) for code in (harness.A, harness.B) for model in KEPT]
    counted = ", ".join(f'(SELECT count(*) FROM county_{code}."{model._meta.db_table}")' for code, model in tables)
    with use_county(harness.A), connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted}")
        found = cursor.fetchone()
    return {f"{code} {model.__name__}": count for (code, model), count in zip(tables, found, strict=True)}


def knock(at: County, path, method, name, *, by: County | None, body=None, undo=True, **headers):
    """What the county `at` answers to somebody of the county `by`; the answer knows what has changed anywhere."""
    client = Client(headers={"host": HOSTS[at.code], "accept-language": "zh-hans"})
    if by is not None:
        client.cookies["sessionid"] = by.cookie
        if name.startswith("api:"):
            headers = {"Authorization": f"Bearer {by.key}", **headers}
    headers = {"Idempotency-Key": "k", **headers}
    sent, before = {}, rows()
    if method == "POST":
        body = body or {}
        sent = {"data": encode_multipart(BOUNDARY, body), "content_type": MULTIPART_CONTENT}
        if name.startswith("api:") and "files" not in body:
            sent = {"data": json.dumps(body), "content_type": "application/json"}
    with transaction.atomic():
        answer = client.generic(method, path, headers=headers, **sent)
        answer.read = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.changed = [name for name, count in rows().items() if count != before[name]]
        transaction.set_rollback(undo)
    return answer


def leaks(answer):
    """What of Baihe is read in an answer, be it written as it is or as JSON may write it."""
    said = answer.read.decode("utf-8", "replace")
    return [words for words in (MARK, json.dumps(MARK)[1:-1], PHONE, MASKED) if words in said]
