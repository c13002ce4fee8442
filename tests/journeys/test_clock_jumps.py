"""The machine's clock was wrong and is put right: nothing is done twice or forgotten, and nothing waits in vain."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from tests.cast import NOON
from weimin.county import throttle
from weimin.county.actors import RESIDENT
from weimin.county.models import AnsweredRequest
from weimin.county.tasks import forget_old
from weimin.kernel.refusal import Refused
from weimin.matters import access, journey
from weimin.matters.models import Matter
from weimin.matters.states import State
from weimin.matters.tasks import run_due
from weimin.notices.models import Notice
from weimin.notices.states import Delivery
from weimin.notices.tasks import deliver
from weimin.web import runs
from weimin.web.models import Run
from weimin.web.schedule import Daily, done, tick

pytestmark = pytest.mark.django_db

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path):
    settings.OUTBOX, settings.RATE_LIMITS = tmp_path, True
    runs.forget()
    cache.clear()


def answered(key, at):
    AnsweredRequest.objects.create(
        scope="portal", key=key, payload_digest="0" * 64, status=201, content_type="text/plain", headers={},
        body="first", answered_at=at,
    )  # fmt: skip


def kept():
    return list(AnsweredRequest.objects.order_by("pk").values_list("key", flat=True))


def test_a_key_answered_under_a_slow_clock_is_not_forgotten_when_the_clock_is_right():
    """Else whoever asks again an hour later would have a second matter."""
    answered("wang, an hour ago", NOON - timedelta(hours=1))
    answered("li, by a clock a day late", NOON - DAY)
    assert forget_old(now=NOON)["answered_requests"] == 0
    answered("sun, now", NOON + timedelta(hours=23, minutes=30))
    assert forget_old(now=NOON + DAY)["answered_requests"] == 2
    assert kept() == ["sun, now"]


def test_the_heartbeat_goes_on_when_the_clock_is_put_back():
    for at in (NOON + DAY, NOON, NOON + 5 * SECOND):
        runs.went_well("deliver", 0, now=at)
    assert Run.objects.get(job="deliver").good_at == NOON  # at once, and then once a minute


def test_the_nightly_work_is_done_once_a_night_and_what_a_fast_clock_did_is_not_tonights():
    def due(at):
        taken = list(tick({"count_anew": Daily(3)}, now=at))
        for one in taken:
            done(one, now=at)
        return bool(taken)

    assert due(NOON)
    assert due(NOON + 30 * DAY)
    assert due(NOON)
    assert [due(NOON + hours * timedelta(hours=1)) for hours in (0, 1, 12)] == [False, False, False]
    assert due(NOON + DAY)


def test_a_message_written_by_a_fast_clock_leaves_when_the_clock_is_right(cast):
    journey.receive_matter(cast.draft(), by=RESIDENT, now=NOON + DAY)
    assert (deliver(now=NOON), deliver(now=NOON)) == (1, 0)
    assert Notice.objects.get().state == Delivery.SENT


def test_what_is_late_climbs_once_though_the_same_hour_comes_twice(cast):
    late = cast.matter(State.HANDLED).clock_due_at + SECOND
    found = [run_due(now=at)["escalated"] for at in (late, late - timedelta(hours=1), late, late + SECOND)]
    assert found == [1, 0, 0, 0]
    assert Matter.objects.get().escalated == 1


def test_guessing_is_not_let_in_again_by_a_clock_put_back(cast):
    """By the clock put back, each address may try again; all together may not."""
    receipt = journey.receive_matter(cast.draft(), by=RESIDENT, now=NOON)
    number, pin = receipt.matter.number, receipt.pin
    wrong = f"{(int(pin) + 1) % 1_000_000:06d}"
    for guess in range(access.MOST_OF_ALL):
        with pytest.raises(Refused):
            access.by_pin(number, wrong, address=f"192.0.2.{guess}", now=NOON)
    for at in (NOON, NOON - DAY, NOON - timedelta(hours=1)):
        with pytest.raises(Refused) as told:
            access.by_pin(number, pin, address="198.51.100.7", now=at)
        assert told.value.code == "LOCKED"
    assert access.by_pin(number, pin, address="198.51.100.7", now=NOON + timedelta(minutes=16)).number == number


def test_flooding_has_a_limit_at_every_hour_the_clock_shows():
    hours = [NOON, NOON - timedelta(hours=1), NOON]
    granted = [sum(throttle.allow("intake:x", per_minute=3, now=at) for _ask in range(5)) for at in hours]
    assert granted == [3, 3, 0]
