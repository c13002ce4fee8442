"""A request enters one county by its host name and stays in it to the last byte of the answer."""

import json

import pytest
from django.db import DatabaseError
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.utils.translation import override

from tests import harness
from weimin.county import context_processors, directory, middleware
from weimin.county.context import UnknownCounty, current, current_code, use_county, use_shared
from weimin.county.middleware import CLOSED, CountyMiddleware
from weimin.county.models import Account
from weimin.county.shared.models import CountyEntry
from weimin.kernel.kept import forget_all
from weimin.web.pages import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def qingshi():
    return CountyEntry.objects.create(
        code=harness.A, letters="QS", name_zh="青石县", name_en="Qingshi County", host="qs.example.test", phone="12345"
    )


def request_to(host: str, path: str = "/"):
    return RequestFactory().get(path, headers={"host": host})


def says_its_county(request):
    return HttpResponse(current_code())


def test_the_settings_county_is_served_under_any_other_name(qingshi, no_county):
    answer = CountyMiddleware(says_its_county)(request_to("whatever.example.test:8000"))
    assert answer.content == b"990101"
    assert current.get() is None


@pytest.mark.postgresql
def test_the_host_name_chooses_the_county(county_b, qingshi, no_county):
    with use_shared():
        CountyEntry.objects.create(
            code=county_b, letters="BH", name_zh="白河县", name_en="Baihe", host="bh.example.test"
        )
    serve = CountyMiddleware(says_its_county)
    assert serve(request_to("BH.example.test:8000")).content == b"990102"
    assert serve(request_to("qs.example.test")).content == b"990101"


def test_a_streamed_answer_reads_its_own_county_and_leaves_no_trace(no_county):
    def rows(request):
        return StreamingHttpResponse(f"{current_code()} {Account.objects.count()}\n" for _ in range(2))

    answer = CountyMiddleware(rows)(request_to("testserver"))
    parts = iter(answer.streaming_content)
    assert next(parts) == b"990101 0\n"
    assert current.get() is None
    assert list(parts) == [b"990101 0\n"]


def test_without_a_database_people_are_told_to_come_back(monkeypatch, no_county):
    def broken(host):
        raise DatabaseError("gone")

    monkeypatch.setattr(middleware, "code_for_host", broken)
    answer = CountyMiddleware(says_its_county)(request_to("testserver"))
    assert (answer.status_code, answer.content.decode(), answer["Retry-After"]) == (503, CLOSED, "30")
    assert CountyMiddleware(health.live)(request_to("testserver", "/health/live")).content == b"alive\n"
    told = CountyMiddleware(says_its_county)(request_to("testserver", "/api/v1/matters"))
    said = json.loads(told.content)
    assert (told.status_code, told["Content-Type"], told["Retry-After"]) == (503, "application/problem+json", "30")
    assert (said["code"], said["status"], said["detail"]) == ("CLOSED", 503, CLOSED.strip().replace("\n", " "))


def test_the_directory_is_read_once_and_anew_when_told(qingshi, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [directory.county(harness.A).letters for _ in range(3)] == ["QS"] * 3
    CountyEntry.objects.update(letters="QX")
    assert directory.county(harness.A).letters == "QS"
    forget_all()
    assert directory.county(harness.A).letters == "QX"


def test_templates_know_the_county_in_the_readers_language(qingshi):
    found = context_processors.county(request_to("testserver"))["county"]
    assert (found.code, found.letters, found.phone, found.name) == ("990101", "QS", "12345", "青石县")
    with override("en"):
        assert found.name == "Qingshi County"


def test_a_county_not_yet_in_the_directory_is_named_by_its_code():
    assert context_processors.county(request_to("testserver"))["county"].name == "990101"


@pytest.fixture
def _fresh_health(monkeypatch):
    monkeypatch.setattr(health, "_migrated", set())


@pytest.mark.usefixtures("_fresh_health")
def test_ready_means_the_database_answers_and_nothing_waits(client, django_assert_num_queries):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, b"ready\n", "no-store")
    with django_assert_num_queries(1):
        assert client.get("/health/ready").status_code == 200


@pytest.mark.usefixtures("_fresh_health")
def test_waiting_migrations_are_said(client, monkeypatch):
    monkeypatch.setattr(health, "pending_migrations", lambda: ["matters.0009_more"])
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content) == (503, b"1 migrations wait: run bin/weimin county migrate.\n")


@pytest.mark.usefixtures("_fresh_health")
def test_a_missing_database_is_said(client, monkeypatch):
    def broken():
        raise UnknownCounty("county_990101 does not exist")

    monkeypatch.setattr(health, "pending_migrations", broken)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.content == b"The database does not answer for county 990101: county_990101 does not exist\n"


def test_alive_asks_nobody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/health/live").content == b"alive\n"


def test_a_county_that_is_not_served_answers_nothing():
    with pytest.raises(UnknownCounty), use_county("110101"):
        Account.objects.count()
