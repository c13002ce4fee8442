"""Schemathesis reads our own OpenAPI and asks every operation odd questions. Nothing may break on our side."""

import os

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings

from tests.cast import NOON
from weimin.county.actors import IMPORT
from weimin.county.models import ApiToken
from weimin.county.services import issue_token
from weimin.matters.models import Matter
from weimin.matters.states import State
from weimin.web.api import api

pytestmark = pytest.mark.peer

EXAMPLES = int(os.environ.get("WEIMIN_SCHEMATHESIS_EXAMPLES", "10"))  # for each operation
SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/v1/"))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
# three questions of four are about a matter that is there, so that verbs are reached and not only the 404 before them
STATES = [State.RECEIVED, State.DISPATCHED, State.HANDLED, State.PAUSED, State.ANSWERED, State.RATED, State.APPEALED]


@pytest.fixture
def key(cast):
    """A post with every duty over the whole county, and a key with all of them."""
    post = cast.posts["LEAD-01"]
    post.duties = sorted({duty for held in cast.posts.values() for duty in held.duties})
    post.save()
    _token, raw = issue_token(
        name="邻县平台", use=ApiToken.Use.REST, post=post, duties=post.duties, by=IMPORT, now=NOON, per_minute=100_000
    )
    return raw


# codes that the small county has: a random one is refused before anything else is looked at
KNOWN = {"kind": "WATER-OUT", "place": "990101101201", "office": "ROADS", "urgency": "LIFE", "supporting": ["HALL"]}


def aim(case, number):
    """The same question about what is there: a matter, and codes the county has."""
    if "number" in case.path_parameters:
        case.path_parameters["number"] = number
    if isinstance(case.body, dict):
        case.body = {name: KNOWN.get(name, value) if value else value for name, value in case.body.items()}


def ask(case, key, asked):
    """The question as it would travel, asked in this process: what an endpoint raises comes back as its answer."""
    sent = requests.Request(**{
        name: value
        for name, value in case.as_transport_kwargs(base_url="http://testserver").items()
        if name in {"method", "url", "headers", "params", "json", "data", "files", "cookies"}
    }).prepare()  # fmt: skip
    headers = {name: value for name, value in sent.headers.items() if name.lower() not in {"content-type", "cookie"}}
    return Client(raise_request_exception=False).generic(
        sent.method,
        sent.path_url,
        sent.body or b"",
        content_type=sent.headers.get("Content-Type", "application/json"),
        headers={**headers, "Authorization": f"Bearer {key}", "Idempotency-Key": f"question-{asked}"},
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_no_question_breaks_it(cast, key, operation, monkeypatch, record_property):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    numbers = [cast.matter(state).number for state in STATES]
    asked = []

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,  # the same questions every time: a failure is met again
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def broken_by(case):
        if len(asked) % 4:
            aim(case, numbers[len(asked) % len(numbers)])
        answer = ask(case, key, len(asked))
        asked.append(answer.status_code)
        assert answer.status_code < 500, (case.as_curl_command(), answer.content[-2000:])
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"
            assert answer.json()["status"] == answer.status_code

    broken_by()
    record_property("questions", len(asked))
    assert asked
    assert Matter.objects.count() >= len(numbers)
