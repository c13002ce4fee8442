"""A text message that comes in goes to the matter we wrote about; by the gateway's signature, once."""

import json

import pytest

from tests.cast import NOON
from tests.notices.outside import SECRET, signed
from weimin.county.actors import RESIDENT
from weimin.matters import journey
from weimin.matters.models import Event, Incoming, Matter
from weimin.matters.states import Channel, State
from weimin.notices.outside import SmsGateway


@pytest.fixture(autouse=True)
def _first(settings, monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    settings.SMS_GATEWAYS = [
        SmsGateway(name="first", url="http://127.0.0.1:1/", key="k", secret=SECRET, kind="WATER-OUT"),
        SmsGateway(name="replies", url="http://127.0.0.1:1/", key="k", secret=SECRET),
    ]


def tell(client, text, *, phone="+86 139 0000 0001", outside="m1", gateway="first", **over):
    body = json.dumps({"id": outside, "from": phone, "text": text}).encode()
    headers = {**signed(body, message_id="r1", at=NOON), **over}
    where = f"/gateways/{gateway}/words"
    return client.post(where, body, content_type="application/json", headers=headers).status_code


def notes(matter):
    return list(Event.objects.filter(matter=matter, act="NOTE").values_list("words", "by_kind", "internal"))


def test_a_reply_is_a_note_on_the_matter_we_wrote_about_last(cast, client):
    older, newer = cast.matter(), cast.matter()
    assert tell(client, "水来了，谢谢") == 204
    assert (notes(older), notes(newer)) == ([], [("水来了，谢谢", "resident", False)])
    assert tell(client, f"{older.number} 还没有水", outside="m2") == 204
    assert notes(older) == [(f"{older.number} 还没有水", "resident", False)]


def test_told_twice_it_is_one_note(cast, client):
    matter = cast.matter()
    assert (tell(client, "水来了"), tell(client, "水来了")) == (204, 204)
    assert (len(notes(matter)), Incoming.objects.count()) == (1, 1)


def test_a_grade_or_a_withdrawal_by_text_message_is_only_words(cast, client):
    matter = cast.matter(State.ANSWERED)
    assert tell(client, "评价 5") == 204
    assert tell(client, "撤回", outside="m2") == 204
    matter.refresh_from_db()
    assert (matter.state, [words for words, *_rest in notes(matter)]) == (State.ANSWERED, ["评价 5", "撤回"])


def test_anothers_number_in_the_words_opens_nothing(cast, client):
    other = cast.matter(phone="13900000009")
    assert tell(client, f"{other.number} 撤回") == 204
    assert notes(other) == []
    assert Matter.objects.exclude(pk=other.pk).get().channel == Channel.MESSAGE


def test_a_first_message_is_a_matter_where_the_gateway_has_a_kind(cast, client):
    assert tell(client, "青石村停水了") == 204
    matter = Matter.objects.get()
    assert (matter.channel, matter.kind, matter.place) == (
        Channel.MESSAGE, cast.kinds["WATER-OUT"], cast.places["qingshi"],
    )  # fmt: skip
    assert matter.resident.phone == "13900000001"
    assert tell(client, "停水", outside="m2", gateway="replies", phone="13900000008") == 404


def test_after_a_withdrawal_they_begin_anew(cast, client):
    matter = cast.matter()
    journey.withdraw_matter(matter, by=RESIDENT, now=NOON)
    assert tell(client, "又停水了") == 204
    assert Matter.objects.count() == 2


def test_what_is_unsigned_or_says_nothing_changes_nothing(cast, client):
    matter = cast.matter()
    assert tell(client, "水来了", **{"webhook-signature": "v1,AAAA"}) == 401
    assert tell(client, "水来了", outside="") == 400
    assert tell(client, "水来了", phone="12") == 400
    assert tell(client, " ") == 422
    assert (notes(matter), Incoming.objects.count()) == ([], 0)
