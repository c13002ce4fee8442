"""GeoReport v2: whatever is sent, the answer is an array of errors with 400, 403 or 404, and nothing has changed."""

import pytest

from tests.matters.test_open311 import ROOT, error_of, key, words  # noqa: F401 -- a fixture is found by its name
from weimin.matters.models import Matter


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/%01.xml", 404),
        ("/services/%00.xml", 404),
        ("/requests/%00.xml", 404),
        ("/tokens/%01.xml", 404),
        ("/nothing.xml", 404),
        ("/services.html", 404),
        ("/services", 404),
        ("/requests.xml?service_code=%00", 400),
        ("/requests.xml?service_request_id=%00", 400),
        ("/requests.xml?jurisdiction_id=%01", 400),
        ("/requests.xml?start_date=0001-01-01T00:00:00%2B14:00", 400),
        ("/requests.xml?end_date=9999-12-31T23:59:59-14:00", 400),
        ("/servicerequestupdates.xml?start_date=0001-01-01T00:00:00Z", 400),
    ],
)
def test_odd_addresses_are_told(cast, client, path, status):
    answer = client.get(ROOT + path)
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/xml; charset=utf-8")
    assert [code for code, _description in error_of(answer)] == [str(status)]


@pytest.mark.parametrize("field", ["service_code", "media_url", "address_id", "phone", "attribute[homes]"])
def test_a_control_character_changes_nothing(cast, key, client, field):  # noqa: F811
    answer = client.post(f"{ROOT}/requests.xml", words(key) | {field: "a\x00b"})
    assert (answer.status_code, len(error_of(answer)), Matter.objects.count()) == (400, 1, 0)


@pytest.mark.parametrize("body", [b"a=1&" * 1000, b"a=" + b"b" * 3_000_000])
def test_too_much_is_told(cast, client, body):
    answer = client.post(f"{ROOT}/requests.xml", body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, len(error_of(answer))) == (400, 1)


def test_head_answers_as_get_does(cast, client):
    assert client.head(f"{ROOT}/services.json").status_code == 200


def test_json_errors_are_arrays_too(cast, client):
    answer = client.get(f"{ROOT}/elsewhere.json")
    assert (answer.status_code, [row["code"] for row in answer.json()]) == (404, [404])
