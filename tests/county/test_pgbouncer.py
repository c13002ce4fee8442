"""A real PgBouncer between us and the server: in session mode no county is met but the chosen one; in transaction mode,
without its settings for us, another is, and whoever serves finds that out before it has answered anybody."""

import copy
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from bench.drills.pooler import pgbouncer
from tests import harness
from weimin.county import sampling
from weimin.county.context import use_county
from weimin.county.middleware import CLOSED, CountyMiddleware
from weimin.county.postgresql.base import DatabaseWrapper
from weimin.web import tasks
from weimin.web.pages import health

pytestmark = [pytest.mark.pgbouncer, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
THREADS, QUESTIONS = 4, 1000


def address() -> str:
    one = connection.settings_dict
    return f"postgresql://{one['USER']}:{one['PASSWORD']}@{one['HOST']}:{one['PORT']}/{one['NAME']}"


def through(url: str) -> DatabaseWrapper:
    """A connection of Django's by way of the pooler."""
    settings = {**copy.deepcopy(connection.settings_dict), "PORT": urlsplit(url).port, "PREPARED_STATEMENTS": False}
    one = DatabaseWrapper(settings, "pooled")
    one.inc_thread_sharing()  # closed in another thread
    return one


def strayed(url: str, *, kept: bool) -> int:
    """How many of a thousand questions of four threads, each about the two counties in turn, met the other one."""

    def ask(turn: int) -> int:
        one, wrong = through(url), 0
        for step in range(QUESTIONS // THREADS):
            code = (harness.A, harness.B)[(turn + step // 2) % 2]  # two in a row: the second relies on the first
            with use_county(code), one.cursor() as cursor:
                cursor.execute("SELECT current_schema()")
                wrong += cursor.fetchone()[0] != f"county_{code}"
            if not kept and step % 2:
                one.close()
        one.close()
        return wrong

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(ask, range(THREADS)))


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "given back"])
def test_a_thousand_questions_in_session_mode(county_b, kept, record_property):
    with pgbouncer(address(), mode="session", size=THREADS if kept else 2) as url:
        wrong = strayed(url, kept=kept)
    record_property("wrong", wrong)
    assert wrong == 0


@pytest.fixture
def just_started(monkeypatch):
    """As a process that has not yet served anybody."""
    monkeypatch.setattr(sampling, "_astray", False)
    monkeypatch.setattr(sampling, "_requests", iter(range(1000)))


@pytest.fixture
def ours_through(monkeypatch):
    """The house's own connection leads to this address, until the test ends."""

    def lead(url: str) -> None:
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "PORT", urlsplit(url).port)
        monkeypatch.setitem(connection.settings_dict, "PREPARED_STATEMENTS", False)

    yield lead
    connection.close()


def page() -> tuple[int, str]:
    answer = CountyMiddleware(lambda request: HttpResponse("a page"))(
        RequestFactory().get("/", headers={"host": "testserver"})
    )
    return answer.status_code, answer.content.decode()


def test_transaction_mode_leads_astray_and_is_found_out_at_the_first_request(
    county_b, just_started, ours_through, record_property, caplog
):
    with pgbouncer(address(), mode="transaction", size=1) as url:
        wrong = strayed(url, kept=True)
        record_property("wrong", wrong)
        assert wrong > QUESTIONS // 10
        ours_through(url)
        assert [page() for _ in range(60)] == [(503, CLOSED)] * 60
        ready = CountyMiddleware(health.ready)(RequestFactory().get("/health/ready", headers={"host": "testserver"}))
        assert ready.status_code == 503
        connection.close()
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]


def test_transaction_mode_stops_the_background_work(county_b, just_started, ours_through, monkeypatch):
    done = []
    monkeypatch.setitem(tasks.QUEUES, "deliver", lambda *, now: done.append(now))
    with pgbouncer(address(), mode="transaction", size=3) as url:
        ours_through(url)
        tasks.look.call(harness.A, "deliver")
        connection.close()
    assert done == []


def test_session_mode_is_served(county_b, just_started, ours_through):
    with pgbouncer(address(), mode="session", size=3) as url:
        ours_through(url)
        assert [page() for _ in range(60)] == [(200, "a page")] * 60
        connection.close()
