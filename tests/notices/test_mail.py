"""E-mail leaves by SMTP, against a real server on this machine; doubt is never sent twice."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from tests.cast import NOON
from tests.notices.outside import mail_server
from weimin.county.actors import RESIDENT
from weimin.households.models import Resident
from weimin.matters import journey
from weimin.notices.models import Notice
from weimin.notices.outside import MailServer
from weimin.notices.states import Delivery
from weimin.notices.tasks import deliver


@pytest.fixture
def server(settings, tmp_path):
    with mail_server() as running:
        settings.OUTBOX = tmp_path
        settings.MAIL_FROM = "office@county.example"
        settings.MAIL_SERVERS = [MailServer(host="127.0.0.1", port=running.port, security="none")]
        settings.CARRIER_SECONDS = 0.5
        yield running


@pytest.fixture
def notice(cast):
    return _written(cast)


def _written(cast, email="wang@home.example"):
    draft = cast.draft(phone="", email=email, reach_by=Resident.Reach.EMAIL)
    receipt = journey.receive_matter(draft, by=RESIDENT, now=NOON)
    return Notice.objects.get(about=f"matter:{receipt.matter.number}")


def came_to(notice):
    notice.refresh_from_db()
    return notice.state, notice.trouble


def test_a_letter_arrives_whole_and_says_who_wrote_it(server, notice):
    assert deliver(now=NOON) == 1
    assert came_to(notice) == (Delivery.SENT, "")
    assert (notice.carrier, notice.reference) == (f"smtp:127.0.0.1:{server.port}", "kept as 77")
    assert server.recipients == ["wang@home.example"]
    letter = message_from_bytes(server.letters[0][:-3], policy=default)
    assert (letter["From"], letter["To"]) == ("office@county.example", "wang@home.example")
    assert (str(letter["Subject"]), letter["Auto-Submitted"]) == (notice.subject, "auto-generated")
    assert letter.get_content().rstrip() == notice.body
    assert letter["Message-ID"].startswith(f"<w990101.{notice.pk}.")
    assert letter["Message-ID"].endswith("@county.example>")


@pytest.mark.parametrize(
    ("word", "said", "state"),
    [
        ("HELLO", "close", Delivery.QUEUED),
        ("MAIL", "451 later", Delivery.QUEUED),
        ("RCPT", "550 nobody of that name", Delivery.FAILED),
        ("RCPT", "450 box is full", Delivery.QUEUED),
        ("DATA", "close", Delivery.QUEUED),
        ("END", "451 later", Delivery.QUEUED),
        ("END", "554 we do not like it", Delivery.FAILED),
        ("END", "close", Delivery.UNCERTAIN),
        ("END", "hang", Delivery.UNCERTAIN),
    ],
)
def test_what_surely_was_not_taken_is_told_apart_from_doubt(server, notice, word, said, state):
    server.says[word] = said
    assert deliver(now=NOON) == 0
    assert came_to(notice)[0] == state
    server.says.clear()
    later = deliver(now=NOON + timedelta(minutes=2))
    assert later == (1 if state == Delivery.QUEUED else 0)


def test_the_second_server_is_asked_when_the_first_is_away(server, notice, settings):
    settings.MAIL_SERVERS = [MailServer(host="127.0.0.1", port=1, security="none"), *settings.MAIL_SERVERS]
    assert deliver(now=NOON) == 1
    assert came_to(notice) == (Delivery.SENT, "")


def test_a_server_without_a_seal_is_not_given_the_letter(server, notice, settings):
    settings.MAIL_SERVERS = [MailServer(host="127.0.0.1", port=server.port, security="starttls")]
    assert deliver(now=NOON) == 0
    state, trouble = came_to(notice)
    assert (state, server.letters) == (Delivery.QUEUED, [])
    assert "STARTTLS" in trouble


def test_an_address_that_smuggles_a_line_is_refused_and_holds_up_no_other(server, cast):
    bad, sound = _written(cast), _written(cast)
    bad.address = "wang@home.example\r\nBcc: all@home.example"
    bad.save()
    assert deliver(now=NOON) == 1
    assert (came_to(bad)[0], came_to(sound)[0]) == (Delivery.FAILED, Delivery.SENT)


def test_a_dead_server_costs_one_wait_a_round(server, cast):
    notices = [_written(cast) for _ in range(3)]
    server.says["HELLO"] = "close"
    assert deliver(now=NOON) == 0
    assert server.asked == 1
    assert [Notice.objects.get(pk=one.pk).attempts for one in notices] == [1, 0, 0]
    server.says.clear()
    assert deliver(now=NOON + timedelta(minutes=1)) == 3


def test_an_outage_of_an_afternoon_loses_nothing_and_a_day_is_told(server, notice):
    server.says["HELLO"] = "close"
    now = NOON
    while now < NOON + timedelta(hours=5):
        deliver(now=now)
        now += timedelta(minutes=5)
    assert came_to(notice)[0] == Delivery.QUEUED
    deliver(now=NOON + timedelta(hours=25))
    assert came_to(notice)[0] == Delivery.FAILED
