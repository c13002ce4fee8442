"""What has served its purpose is forgotten, and nothing else goes."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client

from tests.cast import NOON
from tests.staff import BACKEND
from weimin.county.idempotency import Answered, answer_once
from weimin.county.models import AnsweredRequest
from weimin.county.tasks import forget_old

MOMENT = timedelta(seconds=1)
NOTHING = {"answered_requests": 0, "sessions": 0, "failed_sign_ins": 0, "sign_ins": 0}


def answer(key, at):
    return answer_once(scope="s", key=key, payload=b"p", now=at, act=lambda: Answered(201, "text/plain", b"PIN 123456"))


def answered(age, number):
    answer(f"{number}", NOON - age)


def session(age, number):
    Session.objects.create(session_key=f"{number:032d}", session_data="", expire_date=NOON - age)


def failed(age, number):
    row = AccessAttempt.objects.create(username=f"{number}", ip_address="203.0.113.7", failures_since_start=1)
    AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=NOON - age)


def signed_in(age, number):
    row = AccessLog.objects.create(username=f"{number}", ip_address="203.0.113.7")
    AccessLog.objects.filter(pk=row.pk).update(attempt_time=NOON - age)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "make", "kept"),
    [
        ("answered_requests", answered, timedelta(hours=24)),
        ("sessions", session, timedelta(0)),
        ("failed_sign_ins", failed, timedelta(minutes=15)),
        ("sign_ins", signed_in, timedelta(days=183)),
    ],
)
def test_each_goes_at_its_time_and_not_a_second_before(what, make, kept):
    for number, age in enumerate([kept + timedelta(days=400), kept + MOMENT, kept, kept - MOMENT]):
        make(age, number)
    assert forget_old(now=NOON) == {**NOTHING, what: 3}
    assert forget_old(now=NOON) == NOTHING


@pytest.mark.django_db
def test_a_key_answers_for_a_day_and_is_free_afterwards():
    answer("k", NOON)
    forget_old(now=NOON + timedelta(hours=24) - MOMENT)
    assert answer("k", NOON + timedelta(hours=24) - MOMENT).repeated
    forget_old(now=NOON + timedelta(hours=24))
    assert AnsweredRequest.objects.count() == 0
    assert not answer("k", NOON + timedelta(hours=24)).repeated


@pytest.mark.django_db
def test_who_is_signed_in_stays_signed_in(cast):
    client = Client()
    client.force_login(cast.officials["keeper"].account, backend=BACKEND)
    assert forget_old(now=NOON) == NOTHING
    assert client.get("/desk/").status_code == 200


@pytest.mark.django_db
def test_it_costs_the_same_for_one_row_and_for_three(django_assert_num_queries):
    for number in range(4):
        answered(timedelta(hours=24), number)
        session(timedelta(0), number)
    AnsweredRequest.objects.filter(key__gt="0").update(answered_at=NOON)
    Session.objects.filter(session_key__gt=f"{0:032d}").update(expire_date=NOON + MOMENT)
    with django_assert_num_queries(4):
        assert forget_old(now=NOON) == {**NOTHING, "answered_requests": 1, "sessions": 1}
    with django_assert_num_queries(4):
        assert forget_old(now=NOON + timedelta(hours=24)) == {**NOTHING, "answered_requests": 3, "sessions": 3}
