"""Text messages leave through a gateway that speaks HTTP, and what became of them comes back signed."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.cast import NOON
from tests.notices.outside import SECRET, gateway, signed
from weimin.county.actors import RESIDENT
from weimin.matters import journey
from weimin.notices.models import Notice
from weimin.notices.outside import SmsGateway
from weimin.notices.states import Delivery
from weimin.notices.tasks import deliver

HERE = "/gateways/first/reports"


@pytest.fixture
def first(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    with gateway() as running:
        settings.OUTBOX = tmp_path
        settings.CARRIER_SECONDS = 0.5
        settings.SMS_GATEWAYS = [_gateway("first", running)]
        yield running


@pytest.fixture
def notice(cast):
    journey.receive_matter(cast.draft(), by=RESIDENT, now=NOON)
    return Notice.objects.get()


def _gateway(name, running):
    return SmsGateway(name=name, url=running.url, key=f"key of {name}", secret=SECRET, signature="青山县")


def state_of(notice):
    notice.refresh_from_db()
    return notice.state


def tell(client, told, *, at=NOON, where=HERE, **over):
    body = json.dumps(told).encode()
    headers = {**signed(body, message_id="r1", at=at), **over}
    return client.post(where, body, content_type="application/json", headers=headers).status_code


def test_a_gateway_that_leaves_us_in_doubt_is_left_alone_until_the_next_round(first, cast):
    """Else every message that waits would be given away to doubt, one after the other."""
    for text in ("停水两天", "路灯不亮"):
        journey.receive_matter(cast.draft(text=text), by=RESIDENT, now=NOON)
    first.status = None
    assert deliver(now=NOON) == 0
    assert sorted(Notice.objects.values_list("state", flat=True)) == [Delivery.QUEUED, Delivery.UNCERTAIN]
    first.status = 202
    assert deliver(now=NOON) == 1
    assert sorted(Notice.objects.values_list("state", flat=True)) == [Delivery.SENT, Delivery.UNCERTAIN]
    assert len(first.taken) == 2


def sent_id(running):
    return json.loads(running.taken[0][2])["id"]


def test_the_gateway_is_given_number_and_words(first, notice):
    assert deliver(now=NOON) == 1
    ((path, headers, body),) = first.taken
    said = json.loads(body)
    assert (path, headers["Authorization"]) == ("/send", "Bearer key of first")
    assert headers["Idempotency-Key"] == said["id"]
    assert (said["to"], said["text"]) == ("13900000001", f"【青山县】{notice.body}")
    assert state_of(notice) == Delivery.SENT
    assert (notice.carrier, notice.reference) == ("sms:first", "gw-1")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, Delivery.SENT), (400, Delivery.FAILED), (422, Delivery.FAILED), (429, Delivery.QUEUED),
        (401, Delivery.QUEUED), (302, Delivery.QUEUED), (503, Delivery.QUEUED), (500, Delivery.UNCERTAIN),
        (504, Delivery.UNCERTAIN), (None, Delivery.UNCERTAIN),
    ],
)  # fmt: skip
def test_what_the_gateway_answers_says_what_may_be_done_again(first, notice, status, state):
    first.status = status
    first.headers = {"Location": first.url}
    deliver(now=NOON)
    assert state_of(notice) == state
    deliver(now=NOON + timedelta(minutes=2))
    assert len(first.taken) == (2 if state == Delivery.QUEUED else 1)


@pytest.mark.parametrize(("status", "asked"), [(503, 1), (500, 0), (400, 0)])
def test_another_gateway_is_asked_only_if_the_first_surely_has_it_not(first, notice, settings, status, asked):
    with gateway() as second:
        settings.SMS_GATEWAYS = [*settings.SMS_GATEWAYS, _gateway("second", second)]
        first.status = status
        deliver(now=NOON)
        assert len(second.taken) == asked
        if asked:
            assert state_of(notice) == Delivery.SENT
            assert notice.carrier == "sms:second"


def test_a_report_is_matched_to_its_message_and_the_first_one_stands(first, notice, client):
    deliver(now=NOON)
    assert tell(client, {"id": sent_id(first), "state": "delivered"}) == 204
    assert state_of(notice) == Delivery.DELIVERED
    assert notice.reported_at == NOON
    assert tell(client, {"id": sent_id(first), "state": "failed", "reason": "空号"}) == 204
    assert state_of(notice) == Delivery.DELIVERED


def test_a_failure_is_told_with_its_reason(first, notice, client):
    deliver(now=NOON)
    assert tell(client, {"id": sent_id(first), "state": "failed", "reason": "空号"}) == 204
    assert (state_of(notice), notice.trouble) == (Delivery.FAILED, "空号")


def test_a_report_ends_doubt(first, notice, client):
    first.status = None
    deliver(now=NOON)
    assert state_of(notice) == Delivery.UNCERTAIN
    assert tell(client, {"id": sent_id(first), "state": "delivered"}) == 204
    assert state_of(notice) == Delivery.DELIVERED


def test_a_report_of_what_we_thought_was_not_taken_stops_the_second_try(first, notice, client):
    first.status = 503
    deliver(now=NOON)
    assert tell(client, {"id": sent_id(first), "state": "delivered"}) == 204
    deliver(now=NOON + timedelta(hours=1))
    assert (state_of(notice), len(first.taken)) == (Delivery.DELIVERED, 1)


def test_what_a_stranger_says_changes_nothing(first, notice, client, settings):
    deliver(now=NOON)
    told = {"id": sent_id(first), "state": "delivered"}
    assert tell(client, told, at=NOON - timedelta(minutes=6)) == 401
    assert tell(client, told, **{"webhook-id": "another"}) == 401
    assert tell(client, told, **{"webhook-signature": "v1,AAAA"}) == 401
    assert tell(client, told, **{"webhook-timestamp": "²"}) == 401
    assert tell(client, told, where="/gateways/nobody/reports") == 401
    assert client.get(HERE).status_code == 405
    assert state_of(notice) == Delivery.SENT


def test_what_the_gateway_was_not_given_is_refused(first, notice, client, settings):
    settings.SMS_GATEWAYS = [*settings.SMS_GATEWAYS, _gateway("second", first)]
    deliver(now=NOON)
    mark = sent_id(first)
    assert tell(client, {"id": mark, "state": "delivered"}, where="/gateways/second/reports") == 404
    assert tell(client, {"id": mark.replace("w990101.", "w990101.9"), "state": "delivered"}) == 404
    assert tell(client, {"id": "w990101.1.zzz", "state": "delivered"}) == 404
    assert tell(client, {"id": mark, "state": "on its way"}) == 400
    assert tell(client, [mark]) == 400
    assert state_of(notice) == Delivery.SENT


def test_a_report_is_believed_by_either_secret_while_one_is_changed(first, notice, client):
    deliver(now=NOON)
    told = {"id": sent_id(first), "state": "delivered"}
    right = signed(json.dumps(told).encode(), message_id="r1", at=NOON)["webhook-signature"]
    assert tell(client, told, **{"webhook-signature": f"v1,AAAA {right}"}) == 204


def test_delivered_is_never_kept_without_its_report(notice):
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(state=Delivery.DELIVERED, sent_at=NOON)
