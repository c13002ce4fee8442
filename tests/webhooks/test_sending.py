"""Deliveries to a real server on this machine that verifies, fails, hangs and repeats."""

import json
import threading
import time
from datetime import timedelta

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from tests.cast import NOON
from tests.webhooks.subscribing import receiver, subscribe
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.matters.states import State
from weimin.notices.models import Notice
from weimin.webhooks.models import Delivery, Endpoint
from weimin.webhooks.schedule import WAITS, next_try
from weimin.webhooks.services import replay, rotate_secret, send_test, switch_off, switch_on
from weimin.webhooks.states import Progress, What
from weimin.webhooks.tasks import forget_events, send_events

MINUTE = timedelta(minutes=1)


@pytest.fixture
def there(settings):
    with receiver(settings) as running:
        yield running


@pytest.fixture
def hook(cast, there):
    """The endpoint of that server, with one event waiting for it, and its secret."""
    endpoint, secret = subscribe(cast, there.url)
    cast.matter()
    endpoint.kept_secret = secret
    return endpoint


def only():
    return Delivery.objects.get()


def said():
    return [word for _moment, word in only().tries]


def until_dead(now=NOON):
    """Round after round, at each time the schedule names; the moment of the last try."""
    while (row := Delivery.objects.order_by("pk").first()).state == Progress.QUEUED:
        now = max(now, row.next_at)
        Endpoint.objects.update(rests_until=None)
        send_events(now=now)
    return now


def test_a_receiver_verifies_what_it_is_sent(hook, there, monkeypatch):
    now = clock.now()  # the library of the receivers looks at the clock on the wall
    assert send_events(now=now) == {"delivered": 1, "failed": 0}
    ((path, headers, body),) = there.taken
    assert (path, headers["Content-Type"]) == ("/hook", "application/json")
    assert Webhook(hook.kept_secret).verify(body, headers) == json.loads(only().body)
    assert headers["webhook-id"] == only().message_id
    with pytest.raises(WebhookVerificationError):
        Webhook(hook.kept_secret).verify(body.replace(b"RECEIVED", b"ANSWERED"), headers)
    assert (only().state, only().delivered_at, said()) == (Progress.DELIVERED, now, ["204"])
    assert send_events(now=now + MINUTE) == {"delivered": 0, "failed": 0}
    assert len(there.taken) == 1


@pytest.mark.parametrize("status", [500, 503, 404, 401, 302, 308])
def test_what_is_not_taken_comes_again_under_the_same_id(hook, there, status):
    there.status, there.headers = status, {"Location": there.url}
    assert send_events(now=NOON) == {"delivered": 0, "failed": 1}
    assert (only().state, only().next_at) == (Progress.QUEUED, next_try(only().message_id, attempts=1, now=NOON))
    send_events(now=NOON + timedelta(seconds=29))
    there.status = 200
    assert send_events(now=NOON + MINUTE) == {"delivered": 1, "failed": 0}
    ids = [headers["webhook-id"] for _path, headers, _body in there.taken]
    assert (len(there.taken), set(ids), said()) == (2, {only().message_id}, [str(status), "200"])
    assert there.taken[0][2] == there.taken[1][2]


def test_a_receiver_that_breaks_off_hears_it_again_and_can_tell(hook, there):
    there.status = None
    send_events(now=NOON)
    assert said() == ["no answer (RemoteDisconnected)"]
    there.status = 200
    send_events(now=NOON + 2 * MINUTE)
    assert [headers["webhook-id"] for _path, headers, _body in there.taken] == [only().message_id] * 2
    assert only().state == Progress.DELIVERED


def test_a_slow_one_is_not_waited_for_and_costs_one_wait_a_minute(cast, hook, there, settings):
    settings.CARRIER_SECONDS = 0.2
    cast.matter()
    slow = threading.Event()
    there.before_answer = lambda _said: slow.wait(5)
    began = time.monotonic()
    assert send_events(now=NOON) == {"delivered": 0, "failed": 1}
    assert send_events(now=NOON + timedelta(seconds=40)) == {"delivered": 0, "failed": 0}
    assert time.monotonic() - began < 2
    slow.set()
    there.before_answer = None
    assert send_events(now=NOON + 2 * MINUTE) == {"delivered": 2, "failed": 0}


def test_one_that_is_down_holds_up_no_other(cast, there):
    subscribe(cast, "http://127.0.0.1:1/hook", name="关着的")
    subscribe(cast, there.url)
    cast.matter()
    assert send_events(now=NOON) == {"delivered": 1, "failed": 1}
    assert len(there.taken) == 1


def test_ten_tries_in_three_days_then_a_dead_letter(hook, there):
    there.status = 500
    last = until_dead()
    assert len(there.taken) == len(said()) == len(WAITS) + 1 == 10
    assert sum(WAITS, timedelta()) <= last - NOON <= sum(WAITS, timedelta()) * 1.2
    assert (only().state, only().attempts) == (Progress.DEAD, 10)


def test_waits_are_spread_by_a_fifth_and_the_same_for_the_same_try():
    tries = [next_try(f"evt_{n}", attempts=2, now=NOON) for n in range(20)]
    assert len(set(tries)) == 20
    assert all(WAITS[1] <= when - NOON <= WAITS[1] * 1.2 for when in tries)
    assert next_try("evt_3", attempts=2, now=NOON) == tries[3]
    assert next_try("evt_3", attempts=10, now=NOON) is None


def test_one_that_was_silent_for_three_days_is_switched_off_and_the_keeper_is_told(cast, hook, there):
    there.status = 500
    cast.matter()
    last = until_dead()
    hook.refresh_from_db()
    assert (hook.off_at, hook.off_why) == (last, "SILENT")
    assert not Delivery.objects.filter(state=Progress.QUEUED).exists()
    notice = Notice.objects.get(official=cast.officials["keeper"])
    assert notice.body == (
        "推送地址“县大数据中心”已自动停用：三天多没有一次送到。修好后请在“设置 · 事件推送”里启用，再重新推送。"
    )
    cast.matter()
    assert Delivery.objects.count() == 2
    there.status = 200
    switch_on(hook, by=cast.keeper, now=last)
    assert replay(hook, by=cast.keeper, now=last) == 2
    assert send_events(now=last) == {"delivered": 2, "failed": 0}


def test_one_that_fails_now_and_then_stays_on(cast, hook, there):
    there.status = 500
    send_events(now=NOON)
    there.status = 200
    cast.matter()
    send_events(now=NOON + timedelta(seconds=1))  # the newer one comes through, the older one still waits
    there.status = 500
    until_dead(NOON + timedelta(seconds=1))
    hook.refresh_from_db()
    assert hook.off_at is None
    assert Delivery.objects.filter(state=Progress.DEAD).count() == 1


def test_one_that_says_gone_is_told_no_more(cast, hook, there):
    there.status = 410
    send_events(now=NOON)
    hook.refresh_from_db()
    assert (hook.off_why, only().state) == ("GONE", Progress.DEAD)
    assert Notice.objects.filter(official=cast.officials["keeper"]).count() == 1


def test_while_a_secret_is_changed_both_verify(cast, hook, there):
    now = clock.now()
    new = rotate_secret(hook, by=cast.keeper, now=now)
    send_events(now=now)
    _path, headers, body = there.taken[0]
    assert len(headers["webhook-signature"].split()) == 2
    for secret in (hook.kept_secret, new):
        Webhook(secret).verify(body, headers)
    forget_events(now=now + timedelta(days=3))
    hook.refresh_from_db()
    assert (hook.old_secret, hook.secret) == ("", new)


def test_two_workers_send_one_event_once(hook, there, monkeypatch):
    stale = Delivery.objects.select_related("endpoint").get()
    send_events(now=NOON)
    monkeypatch.setattr("weimin.webhooks.tasks.queries.due", lambda endpoint, now: [stale])
    assert send_events(now=NOON) == {"delivered": 0, "failed": 0}
    assert len(there.taken) == 1


def test_a_worker_killed_in_between_is_made_up_for_after_its_claim(hook, there, monkeypatch):
    def killed(*_args, **_more):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("weimin.webhooks.tasks.post", killed)
        with pytest.raises(SystemExit):
            send_events(now=NOON)
    assert (only().state, only().attempts) == (Progress.QUEUED, 1)
    assert send_events(now=NOON + 4 * MINUTE) == {"delivered": 0, "failed": 0}
    assert send_events(now=NOON + 5 * MINUTE) == {"delivered": 1, "failed": 0}


def test_one_delivery_that_breaks_us_holds_up_no_other(cast, hook, there):
    cast.matter()
    Delivery.objects.filter(pk=Delivery.objects.first().pk).update(tries=5)
    assert send_events(now=NOON) == {"delivered": 1, "failed": 0}


def test_a_delivered_event_is_replayed_under_its_own_id(cast, hook, there):
    send_events(now=NOON)
    assert replay(hook, delivery=only(), by=cast.keeper, now=NOON + MINUTE) == 1
    send_events(now=NOON + MINUTE)
    assert [headers["webhook-id"] for _path, headers, _body in there.taken] == [only().message_id] * 2
    with pytest.raises(Refused) as refused:
        replay(hook, by=cast.keeper, now=NOON)
    assert refused.value.code == "NOTHING_TO_REPLAY"


def test_a_test_event_says_nothing_of_anybody(cast, there):
    endpoint, _secret = subscribe(cast, there.url, events=[What.CLOSED])
    send_test(endpoint, by=cast.keeper, now=NOON)
    send_events(now=NOON)
    assert json.loads(there.taken[0][2]) == {
        "type": "webhook.test", "timestamp": "2026-09-29T12:00:00+08:00", "data": {"county": "990101"},
    }  # fmt: skip


def test_switched_off_by_hand_nothing_leaves_and_nothing_is_written(cast, hook, there):
    switch_off(hook, by=cast.keeper, now=NOON)
    cast.matter(State.CLASSIFIED)
    assert send_events(now=NOON) == {"delivered": 0, "failed": 0}
    assert (Delivery.objects.count(), only().state, there.taken) == (1, Progress.DEAD, [])
    for verb in (replay, send_test):
        with pytest.raises(Refused) as refused:
            verb(hook, by=cast.keeper, now=NOON)
        assert refused.value.code == "OFF"


def test_what_came_is_forgotten_after_a_month_and_what_was_dead_after_three(cast, hook, there):
    send_events(now=NOON)
    cast.matter()
    Delivery.objects.filter(state=Progress.QUEUED).update(state=Progress.DEAD)
    assert forget_events(now=NOON + timedelta(days=29)) == {"events": 0}
    assert forget_events(now=NOON + timedelta(days=30)) == {"events": 1}
    assert forget_events(now=NOON + timedelta(days=90)) == {"events": 1}
