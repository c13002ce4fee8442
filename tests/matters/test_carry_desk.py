"""Whoever has only a landline or an address is told by a person: a list, one message on record, what came of it."""

from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.staff import enter
from weimin.households.models import Reading, Resident
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.matters.access import send_code
from weimin.matters.letters.taking import set_aside
from weimin.matters.models import Incoming
from weimin.notices.models import Notice
from weimin.notices.queries import not_surely_sent, to_carry
from weimin.notices.services import carry_by_hand
from weimin.notices.states import ByHand, Channel, Delivery
from weimin.notices.tasks import deliver

LIST = "/desk/matters/to-tell/"
LANDLINE = {"phone": "0990-1234567", "reach_by": Resident.Reach.PHONE}
ADDRESS = {"phone": "", "contact_address": "青石村 3 组 12 号", "reach_by": Resident.Reach.LETTER}


@pytest.fixture(autouse=True)
def _noon(monkeypatch, settings, tmp_path):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    settings.OUTBOX = tmp_path


def waiting(cast, **reach):
    """A matter whose first message a person must carry; the job has put it among the files."""
    matter = cast.matter(**reach)
    deliver(now=NOON)
    return matter, Notice.objects.get(about=f"matter:{matter.number}")


def carry(cast, notice, outcome=ByHand.DONE, words="", who="li"):
    carry_by_hand(notice, outcome=outcome, words=words, by=cast.acting(who, NOON), now=NOON)
    notice.refresh_from_db()
    return notice.state, notice.carrier, notice.attempts


def test_a_clerk_reads_it_out_and_it_leaves_the_list(cast, client):
    matter, notice = waiting(cast, **LANDLINE)
    assert notice.channel == Channel.VOICE
    li = enter(client, cast.officials["li"])
    html = li.get(LIST).content.decode()
    assert matter.number in html and "0990" not in html and "停水" not in html
    assert Reading.objects.count() == 0
    html = li.get(f"{LIST}{notice.pk}/").content.decode()
    assert "0990-1234567" in html and "查询码" in html
    assert [reading.why for reading in Reading.objects.all()] == ["电话告知"]
    assert li.post(f"{LIST}{notice.pk}/", {"outcome": ""}).status_code == 422
    assert li.post(f"{LIST}{notice.pk}/", {"outcome": "DONE"}).url == LIST
    notice.refresh_from_db()
    assert (notice.state, notice.carrier, notice.reported_at) == (Delivery.DELIVERED, "phone", NOON)
    assert "没有要打电话、要寄信的" in li.get(LIST).content.decode()
    assert li.get(f"{LIST}{notice.pk}/").status_code == 404
    assert Entry.objects.filter(what="notices.carry_by_hand").count() == 1


def test_a_letter_is_printed_and_posted_under_its_number(cast, client):
    _matter, notice = waiting(cast, **ADDRESS)
    li = enter(client, cast.officials["li"])
    html = li.get(f"{LIST}{notice.pk}/").content.decode()
    assert "青石村 3 组 12 号" in html and "data-print" in html
    assert carry(cast, notice, words="XA 1234") == (Delivery.SENT, "post", notice.attempts)
    assert notice.reference == "XA 1234"
    assert list(to_carry(now=NOON)) == []


def test_nobody_at_home_stays_on_the_list_and_a_wrong_number_is_told_on_the_matter(cast):
    matter, notice = waiting(cast, **LANDLINE)
    tries = notice.attempts
    assert carry(cast, notice, ByHand.NOT_REACHED, "没有接听") == (Delivery.SENT, "files", tries + 1)
    assert list(to_carry(now=NOON)) == [notice]
    assert carry(cast, notice, ByHand.IMPOSSIBLE, "空号")[0] == Delivery.FAILED
    assert [lost.trouble for lost in not_surely_sent(f"matter:{matter.number}", now=NOON)] == ["空号"]


@pytest.mark.parametrize("who", ["sun", "keeper", "auditor"])
def test_who_takes_in_carries_and_nobody_else(cast, who):
    _matter, notice = waiting(cast, **LANDLINE)
    with pytest.raises(Refused) as refused:
        carry(cast, notice, who=who)
    assert refused.value.code == "NOT_YOUR_DUTY"


def test_another_township_sees_nothing_of_it(cast, client):
    matter, notice = waiting(cast, **LANDLINE)
    zhao = enter(client, cast.officials["zhao"])
    assert matter.number not in zhao.get(LIST).content.decode()
    assert zhao.get(f"{LIST}{notice.pk}/").status_code == 404


def test_two_clerks_who_ring_at_once(cast):
    _matter, notice = waiting(cast, **LANDLINE)
    carry(cast, notice)
    with pytest.raises(Refused) as refused:
        carry(cast, notice, who="hotline")
    assert refused.value.code == "MOVED_ON"


def test_a_code_nobody_read_out_in_time_asks_for_no_call(cast):
    matter, notice = waiting(cast, **LANDLINE)
    send_code(matter.number, now=NOON)
    assert to_carry(now=NOON).count() == 2
    assert list(to_carry(now=NOON + timedelta(minutes=11))) == [notice]


def test_a_letter_set_aside_is_dealt_with_once(cast, client):
    letter = set_aside("imap:office@county.example:1:7", sender="", why="来信太大。", now=NOON)
    li = enter(client, cast.officials["li"])
    here = f"/desk/matters/letters/{letter.pk}/handled/"
    said = [str(word) for word in li.post(here, follow=True).context["messages"]]
    assert said == ["已记为处理过。"]
    kept = Incoming.objects.get()
    assert (kept.handled_at, kept.handled_by) == (NOON, cast.officials["li"])
    assert [str(word) for word in li.post(here, follow=True).context["messages"]] == ["这封来信已有人处理过了。"]
    assert Entry.objects.filter(what="matters.mark_handled").count() == 1
