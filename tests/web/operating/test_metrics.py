"""What Prometheus reads: exact figures, nothing of a person, a fixed number of statements."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON
from weimin.county.logs import counters
from weimin.kernel import clock
from weimin.matters.models import Tally
from weimin.matters.states import State
from weimin.notices.models import Notice
from weimin.notices.states import Delivery
from weimin.notices.tasks import deliver
from weimin.web import runs
from weimin.web.metrics import Family, families_of_county, page
from weimin.web.pages.metrics import metrics

LATER = NOON + timedelta(days=20)


@pytest.fixture(autouse=True)
def _home(settings, tmp_path, monkeypatch):
    settings.WEIMIN_HOME, settings.OUTBOX = tmp_path, tmp_path / "outbox"
    monkeypatch.setattr(clock, "now", lambda: LATER)
    runs.forget()


def figures(now=LATER):
    """Every sample of the county by its name and labels, without the county."""
    return {
        (family.name, *(value for name, value in labels.items() if name != "county")): value
        for family in families_of_county("990101", now=now)
        for labels, value in family.samples
    }


def test_the_text_is_as_the_format_asks():
    families = [
        Family("weimin_matters", "gauge", "How\nmany.").add(3, county="990101", state='a"b\\c'),
        Family("weimin_up", "gauge", "Whether it runs.").add(1),
        Family("weimin_matters", "gauge", "How\nmany.").add(0.5, county="990102", state="x"),
    ]
    assert page(families) == (
        "# HELP weimin_matters How\\nmany.\n"
        "# TYPE weimin_matters gauge\n"
        'weimin_matters{county="990101",state="a\\"b\\\\c"} 3\n'
        'weimin_matters{county="990102",state="x"} 0.5\n'
        "# HELP weimin_up Whether it runs.\n"
        "# TYPE weimin_up gauge\n"
        "weimin_up 1\n"
    )


def test_queues_are_told_with_their_ages(cast):
    cast.matter(State.HANDLED)
    cast.matter(State.RECEIVED, now=NOON + timedelta(hours=1))
    found = figures()
    assert found["weimin_matters", "HANDLED"] == found["weimin_matters", "RECEIVED"] == 1
    assert found["weimin_matters", "CLOSED"] == 0
    assert found["weimin_matters_overdue", "HANDLED"] == 1
    assert found["weimin_matters_oldest_seconds", "HANDLED"] == 20 * 86400
    assert found["weimin_matters_oldest_seconds", "RECEIVED"] == 20 * 86400 - 3600
    assert found["weimin_acts_total", "received"] == 2
    # five working days from 29 September cross the National Day holiday and one make-up day
    assert 0 < found["weimin_matters_most_overdue_seconds", "HANDLED"] < 20 * 86400


def test_intake_of_the_last_minute_is_told_by_channel(cast):
    cast.matter()
    assert figures(NOON + timedelta(seconds=30))["weimin_received_last_minute", "WEB"] == 1
    assert figures(NOON + timedelta(seconds=60))["weimin_received_last_minute", "WEB"] == 0


def test_the_outbox_tells_what_waits_and_what_is_lost(cast):
    cast.matter(State.RECEIVED)
    n = Notice.objects.filter(state=Delivery.QUEUED).count()
    found = figures()
    assert (found["weimin_outbox_waiting",], found["weimin_outbox_due",]) == (n, n)
    assert found["weimin_outbox_lag_seconds",] == 20 * 86400
    deliver(now=LATER)
    Notice.objects.filter(resident__isnull=False).update(state=Delivery.FAILED)
    found = figures()
    assert (found["weimin_outbox_waiting",], found["weimin_outbox_lag_seconds",]) == (0, 0)
    assert (found["weimin_outbox_lost", "FAILED"], found["weimin_outbox_lost", "UNCERTAIN"]) == (n, 0)


def test_background_jobs_tell_when_they_ran_and_how_often_they_failed(cast):
    runs.went_well("deliver", 3, now=LATER - timedelta(seconds=90))
    runs.went_well(runs.NIGHTLY, {"wrong": 2}, now=LATER - timedelta(hours=3))
    runs.went_wrong("run_due", LookupError("no calendar"), now=LATER)
    found = figures()
    assert found["weimin_job_age_seconds", "deliver"] == 90
    assert (found["weimin_job_failing", "deliver"], found["weimin_job_failing", "run_due"]) == (0, 1)
    assert found["weimin_job_failures_total", "run_due"] == 1
    assert found["weimin_tallies_wrong",] == 2


def test_posts_without_anybody_and_lock_outs_are_counted(cast):
    cast.officials["zhao"].holdings.all().delete()
    for _try in range(5):
        Client().post("/accounts/login/", {"login": "li", "password": "a wrong word"})
    AccessAttempt.objects.update(attempt_time=LATER - timedelta(minutes=14))
    found = figures()
    assert found["weimin_posts_without_anyone",] == 1
    assert found["weimin_sign_in_lockouts",] == 1
    assert figures(LATER + timedelta(minutes=1))["weimin_sign_in_lockouts",] == 0  # a quarter of an hour has passed


def test_it_costs_the_same_for_one_matter_and_for_three(cast):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            figures()
        return len(seen)

    cast.matter(State.HANDLED)
    one = cost()
    for state in (State.HANDLED, State.CLOSED):
        cast.matter(state)
    assert (one, cost()) == (14, 14)


def test_nothing_of_a_person_stands_in_it(cast):
    cast.matter(State.HANDLED, text="我家停水两天了", name="王桂芳", phone="13900000001")
    said = Client().get("/metrics").content.decode()
    assert "weimin_county_up" in said
    for word in ("王桂芳", "13900000001", "停水", "张立国", "zhang", "QS-"):
        assert word not in said


# --- whom it is for -------------------------------------------------------------------------------------------------


def asked(settings, key="", **meta):
    settings.METRICS_KEY = key
    request = RequestFactory().get("/metrics", **meta)
    try:
        return metrics(request).status_code
    except Exception as refused:
        return type(refused).__name__


def test_only_this_machine_and_the_key_are_let_in(cast, settings):
    key = "a key of at least twenty"
    assert asked(settings) == 200
    assert asked(settings, REMOTE_ADDR="::1") == 200
    assert asked(settings, REMOTE_ADDR="203.0.113.7") == "Http404"
    assert asked(settings, HTTP_X_FORWARDED_FOR="203.0.113.7") == "Http404"
    assert asked(settings, REMOTE_ADDR="203.0.113.7", HTTP_AUTHORIZATION="Bearer ") == "Http404"
    assert asked(settings, key, REMOTE_ADDR="203.0.113.7", HTTP_AUTHORIZATION="Bearer another") == "Http404"
    assert asked(settings, key, REMOTE_ADDR="203.0.113.7", HTTP_AUTHORIZATION=f"Bearer {key}") == 200


# --- counts that no row holds ---------------------------------------------------------------------------------------


def test_answers_are_counted_and_outlive_the_process(cast):
    Client().get("/health/live")
    Client().get("/no/such/page")
    counters.count("repeats")
    assert {name: n for name, n in counters.counted().items() if n} == {
        "answers_2xx": 1, "answers_4xx": 1, "repeats": 1,
    }  # fmt: skip
    assert counters.path().stat().st_size == 8 * 6


def test_a_disk_that_refuses_costs_no_answer(cast, settings, tmp_path):
    settings.WEIMIN_HOME = tmp_path / "gone"
    assert Client().get("/health/live").status_code == 200
    assert set(counters.counted().values()) == {0}


def test_the_running_counts_are_the_source(cast):
    cast.matter(State.RECEIVED)
    Tally.objects.create(key="state:RECEIVED", slot=99, n=4)
    assert figures()["weimin_matters", "RECEIVED"] == 5
