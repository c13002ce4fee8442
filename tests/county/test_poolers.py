"""Connections that pass from hand to hand never carry a county along; a pooler that does is found out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import RequestFactory

from tests import harness
from weimin.county import sampling
from weimin.county.context import NoCounty, current, use_county, use_shared
from weimin.county.middleware import CLOSED, CountyMiddleware
from weimin.county.postgresql.base import DatabaseWrapper
from weimin.web.pages import health

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pooled(county_b):
    """New connections of Django's, all out of one pool with one connection to the server."""
    options = {**connection.settings_dict["OPTIONS"], "pool": {"min_size": 1, "max_size": 1, "timeout": 60}}
    settings = {**connection.settings_dict, "CONN_MAX_AGE": 0, "OPTIONS": options}
    made = []

    def take() -> DatabaseWrapper:
        made.append(DatabaseWrapper(settings, "pooled"))
        made[-1].inc_thread_sharing()  # closed here at the end
        return made[-1]

    yield take
    for one in made:
        one.close()
    made[0].close_pool()


def asked(one: DatabaseWrapper) -> str:
    with one.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("threads", [1, 4])
def test_a_thousand_questions_over_two_counties_through_one_pooled_connection(pooled, threads):
    def ask(turn: int) -> int:
        one, wrong = pooled(), 0
        for step in range(1000 // threads):
            code = (harness.A, harness.B)[(turn + step) % 2]
            with use_county(code):
                wrong += asked(one) != f"county_{code}"
            one.close()  # back into the pool, as at the end of a request
        return wrong

    with ThreadPoolExecutor(threads) as pool:
        assert sum(pool.map(ask, range(threads))) == 0


def test_a_pooled_connection_that_served_a_county_serves_nobody_without_a_choice(pooled, no_county):
    first = pooled()
    with use_county(harness.B):
        assert asked(first) == "county_990102"
    first.close()

    def ask(_: int) -> None:
        one = pooled()
        assert current.get() is None  # a thread of its own
        with pytest.raises(NoCounty):
            asked(one)
        one.close()

    with ThreadPoolExecutor(1) as pool:
        list(pool.map(ask, range(10)))


@pytest.fixture
def serve(monkeypatch, caplog) -> Callable[[], tuple[int, str]]:
    """A request to the pages, as a process that has just been started answers it."""
    monkeypatch.setattr(sampling, "_astray", False)
    monkeypatch.setattr(sampling, "_requests", iter(range(1000)))
    middleware = CountyMiddleware(lambda request: HttpResponse("a page"))

    def send() -> tuple[int, str]:
        answer = middleware(RequestFactory().get("/", headers={"host": "testserver"}))
        return answer.status_code, answer.content.decode()

    return send


def led_astray() -> None:
    """As a pooler does that hands our next statement to a connection that served another county."""
    with connection.cursor() as ours:
        ours.cursor.execute("SELECT set_config('search_path', 'county_990102, public', false)")


def test_a_process_that_meets_another_county_serves_nobody_any_more(serve, county_b, caplog, monkeypatch):
    assert [serve() for _ in range(50)] == [(200, "a page")] * 50
    led_astray()
    assert serve() == (503, CLOSED)
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    connection.close()
    assert [serve() for _ in range(50)] == [(503, CLOSED)] * 50
    ready = CountyMiddleware(health.ready)(RequestFactory().get("/health/ready", headers={"host": "testserver"}))
    assert (ready.status_code, ready.content[:39]) == (503, b"This process met another county than it")


def test_the_sample_costs_no_page_its_count_of_statements(serve, django_assert_num_queries):
    with use_shared():
        pass
    serve()
    with django_assert_num_queries(0):
        assert [serve() for _ in range(100)] == [(200, "a page")] * 100


def test_a_database_that_is_away_is_no_other_county(serve, monkeypatch):
    def away(*arguments):
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", away)
    assert sampling._stands_elsewhere(first=True) is False
