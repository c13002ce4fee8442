"""Messages leave the house once each, in a form a person can read."""

from datetime import timedelta

import pytest

from tests.cast import NOON
from weimin.county.actors import RESIDENT
from weimin.matters import journey
from weimin.notices.models import Notice
from weimin.notices.queries import not_surely_sent
from weimin.notices.states import Channel, Delivery
from weimin.notices.tasks import deliver


@pytest.fixture
def outbox(tmp_path, settings):
    settings.OUTBOX = tmp_path
    return tmp_path


def test_a_mobile_gets_a_text_message_that_can_be_read(cast, outbox):
    receipt = journey.receive_matter(cast.draft(), by=RESIDENT, now=NOON)
    assert deliver(now=NOON) == 1
    notice = Notice.objects.get()
    assert (notice.channel, notice.state, notice.address) == (Channel.SMS, Delivery.SENT, "13900000001")
    (written,) = (outbox / "990101" / "sms").iterdir()
    assert f"编号 {receipt.matter.number}，查询码 {receipt.pin}" in written.read_text()


def test_a_landline_is_told_by_voice_and_an_address_by_letter(cast):
    journey.receive_matter(cast.draft(phone="0917-5551234"), by=RESIDENT, now=NOON)
    journey.receive_matter(cast.draft(phone="", contact_address="青石村 12 号"), by=RESIDENT, now=NOON)
    assert list(Notice.objects.order_by("pk").values_list("channel", flat=True)) == [Channel.VOICE, Channel.LETTER]


def test_the_same_message_is_sent_once(cast, outbox):
    journey.receive_matter(cast.draft(), by=RESIDENT, now=NOON)
    assert (deliver(now=NOON), deliver(now=NOON)) == (1, 0)


def test_a_full_disk_is_told_and_tried_again_and_given_up_in_the_end(cast, outbox, monkeypatch):
    def full(notice, now):
        raise OSError("no space left")

    journey.receive_matter(cast.draft(), by=RESIDENT, now=NOON)
    monkeypatch.setattr("weimin.notices.carriers.files.write", full)
    assert deliver(now=NOON) == 0
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, notice.trouble) == (Delivery.QUEUED, 1, "no space left")
    assert notice.send_after == NOON + timedelta(minutes=1)
    for tries in range(2, 7):
        deliver(now=NOON + timedelta(days=tries))
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (Delivery.FAILED, 6)


def test_a_message_that_may_have_got_lost_holds_up_no_other(cast, outbox, monkeypatch):
    lost = journey.receive_matter(cast.draft(), by=RESIDENT, now=NOON).matter
    journey.receive_matter(cast.draft(), by=RESIDENT, now=NOON)
    first = Notice.objects.order_by("pk")[0]

    def broken(notice, now):
        if notice.pk == first.pk:
            raise RuntimeError("the gateway hung up")

    monkeypatch.setattr("weimin.notices.carriers.files.write", broken)
    assert deliver(now=NOON) == 1
    first.refresh_from_db()
    assert (first.state, first.about) == (Delivery.UNCERTAIN, f"matter:{lost.number}")
    about = first.about
    assert list(not_surely_sent(about, now=NOON + timedelta(minutes=9))) == []
    assert list(not_surely_sent(about, now=NOON + timedelta(minutes=11))) == [first]
