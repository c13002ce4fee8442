"""A mailbox is read by IMAP from a real server: each letter once, and no letter stops the others."""

from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.matters.dovecot import DOVECOT, PASSWORD, dovecot
from tests.matters.writing import letter
from weimin.matters.letters import mailbox
from weimin.matters.models import Incoming, MailFolder, Matter
from weimin.matters.tasks import read_mail
from weimin.notices.outside import Mailbox

pytestmark = pytest.mark.imap
Fate = Incoming.Fate


@pytest.fixture(scope="module")
def server():
    with dovecot(DOVECOT) as running:
        yield running


@pytest.fixture
def box(server, settings, cast, tmp_path, request):
    """A box of its own for each test."""
    settings.UPLOADS, settings.CARRIER_SECONDS = tmp_path, 10
    user = request.node.name.split("[")[0][-40:]
    made = Mailbox(
        county="990101", address="office@county.example", host="127.0.0.1", port=server.port, user=user,
        password=PASSWORD, security="none", kind="ROADS",
    )  # fmt: skip
    settings.MAILBOXES = [made]
    return made


def fates():
    return list(Incoming.objects.order_by("pk").values_list("fate", flat=True))


def test_new_letters_become_matters_once_and_the_box_stays_as_it_was(server, box):
    server.post(letter(), user=box.user)
    server.post(letter("桥面有坑", message_id="<two@home.example>"), user=box.user)
    assert (read_mail(now=NOON), read_mail(now=NOON)) == (2, 0)
    server.post(letter("还有一件", message_id="<three@home.example>"), user=box.user)
    assert read_mail(now=NOON) == 1
    assert (Matter.objects.count(), fates()) == (3, [Fate.MATTER] * 3)
    assert all(b"Seen" not in line for line in server.flags(box.user))


def test_a_box_that_counts_anew_brings_nothing_twice(server, box):
    server.post(letter(), user=box.user)
    read_mail(now=NOON)
    before = MailFolder.objects.get().validity
    MailFolder.objects.update(validity=before - 1)
    assert read_mail(now=NOON) == 1
    assert (Matter.objects.count(), MailFolder.objects.get().validity) == (1, before)


def test_letters_of_years_before_stay_where_they_are(server, box):
    server.post(letter(), user=box.user, when=NOON - timedelta(days=30))
    server.post(letter("新的", message_id="<new@home.example>"), user=box.user, when=NOON)
    assert read_mail(now=NOON) == 1
    assert Matter.objects.get().text == "新的"


def test_what_cannot_be_taken_in_is_set_aside_and_stops_nothing(server, box, monkeypatch):
    monkeypatch.setattr(mailbox, "MOST_BYTES", 5000)
    server.post(b"Subject: nobody\r\n\r\nx\r\n", user=box.user)
    server.post(letter("路" * 5000, message_id="<large@home.example>"), user=box.user)
    server.post(letter("", subject="", message_id="<empty@home.example>"), user=box.user)
    server.post(letter(), user=box.user)
    assert (read_mail(now=NOON), read_mail(now=NOON)) == (4, 0)
    assert fates() == [Fate.ASIDE, Fate.ASIDE, Fate.ASIDE, Fate.MATTER]
    assert list(Incoming.objects.filter(fate=Fate.ASIDE).order_by("pk").values_list("why", flat=True)) == [
        "看不出来信人的邮箱，没有收下。请到邮箱查看。",
        "来信超过 25 MB，没有收下。请到邮箱查看，并与来信人联系。",
        "这里还没有写内容。",
    ]


def test_an_unforeseen_fault_sets_one_letter_aside(server, box, monkeypatch):
    server.post(letter(), user=box.user)
    server.post(letter("另一封", message_id="<two@home.example>"), user=box.user)
    whole = mailbox.read

    def breaks(raw):
        if b"<one@home.example>" in raw:
            raise ZeroDivisionError
        return whole(raw)

    monkeypatch.setattr(mailbox, "read", breaks)
    assert read_mail(now=NOON) == 2
    assert fates() == [Fate.ASIDE, Fate.MATTER]


def test_another_countys_box_and_a_box_without_a_kind_are_left_alone(server, box, settings):
    server.post(letter(), user=box.user)
    settings.MAILBOXES = [box.model_copy(update={"county": "990102"}), box.model_copy(update={"kind": "NONE"})]
    assert read_mail(now=NOON) == 0
    assert Matter.objects.count() == 0


def test_a_wrong_password_is_told_and_holds_up_no_other_box(server, box, settings, caplog):
    server.post(letter(), user=box.user)
    settings.MAILBOXES = [box.model_copy(update={"port": 1}), box]
    assert read_mail(now=NOON) == 1
    assert "mailbox office@county.example could not be read" in caplog.text
