"""Requests of another city become matters here, once; and partners are kept by who keeps the rules."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.cast import NOON
from tests.matters.partnering import MINUTE, Stage, city, forward, partner, referral, refused
from weimin.matters.models import Matter, Partner, PartnerCode
from weimin.matters.partners.hearing import windows
from weimin.matters.services import add_partner, doubt_referrals, map_code
from weimin.matters.states import Channel
from weimin.matters.tasks import exchange

__all__ = ["city", "partner"]  # fixtures, used below by their names


# --- from there -----------------------------------------------------------------------------------------------------


def test_their_requests_become_matters_once_under_both_numbers(cast, city, partner):
    city.add(NOON + MINUTE, description="县道转弯处有坑", address="县道 3 公里", address_id="990101101202")
    for _round in range(3):
        exchange(now=NOON + 2 * MINUTE)
    matter = Matter.objects.get()
    assert (matter.channel, matter.kind.code, matter.place.name_zh, matter.text) == (
        Channel.OPEN311, "ROADS-HOLE", "大湾村", "县道转弯处有坑",
    )  # fmt: skip
    assert (matter.details, matter.received_at) == ({"partner": "清河市", "number": "C-1"}, NOON + 2 * MINUTE)
    assert (referral().stage, referral().foreign_id) == (Stage.TAKEN, "C-1")


def test_a_code_nobody_mapped_goes_where_the_keeper_said_and_is_named(cast, city, partner):
    city.add(NOON + MINUTE, code="ELEPHANT", lat="x")
    exchange(now=NOON + 2 * MINUTE)
    assert (Matter.objects.get().kind.code, Matter.objects.get().place.code) == ("WATER-OUT", "990101")
    partner.refresh_from_db()
    assert partner.unknown_codes == ["ELEPHANT"]
    map_code(
        partner, service_code="ELEPHANT", kind=cast.kinds["ROADS-HOLE"], place=None, by_itself=False, by=cast.keeper,
        now=NOON,
    )  # fmt: skip
    assert partner.unknown_codes == []


def test_what_was_before_us_what_is_closed_and_what_is_ours_is_not_taken(cast, city, partner):
    city.add(NOON - timedelta(minutes=30))
    city.add(NOON + MINUTE, status="closed")
    forward(cast, partner)
    exchange(now=NOON + 2 * MINUTE)
    exchange(now=NOON + 3 * MINUTE)
    assert Matter.objects.count() == 1


def test_one_that_cannot_be_kept_holds_up_no_other(cast, city, partner):
    city.add(NOON + MINUTE, description="\u200b" * 5)
    city.add(NOON + MINUTE)
    assert exchange(now=NOON + 2 * MINUTE)["away"] == 0
    assert "路面有坑" in Matter.objects.values_list("text", flat=True)


def test_a_full_answer_is_asked_for_in_halves(cast, city, partner, monkeypatch):
    """A thousand rows in the text; four here."""
    city.most = 4
    monkeypatch.setattr("weimin.matters.partners.hearing.MOST_ROWS", 4)
    for n in range(10):
        city.add(NOON + n * MINUTE + timedelta(seconds=1), description=f"第 {n} 处")
    exchange(now=NOON + 10 * MINUTE)
    assert Matter.objects.count() == 10


def test_no_question_spans_more_than_ninety_days():
    asked = []
    list(windows(lambda start, end: asked.append((start, end)) or [], NOON, NOON + timedelta(days=200)))
    assert [(end - start).days for start, end in asked] == [89, 89, 22]
    assert (asked[0][0], asked[-1][1]) == (NOON, NOON + timedelta(days=200))
    assert [earlier[1] == later[0] for earlier, later in pairwise(asked)] == [True, True]


# --- keeping them ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"url": "https://10.0.0.1/v2"}, "INSIDE"), ({"url": "http://city.example/v2"}, "NOT_HTTPS"),
        ({"kind": None}, "NO_DEFAULTS"), ({"api_key": ""}, "NO_API_KEY"), ({"name": "清河市"}, "NAME_TAKEN"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_partner_is_told(cast, over, code):
    wanted = {
        "name": "清河市", "url": "https://city.example/v2", "api_key": "k", "sends": True, "takes": True,
        "kind": cast.kinds["WATER-OUT"], "place": cast.places["county"], "by": cast.keeper, "now": NOON,
    }  # fmt: skip
    add_partner(**wanted)
    assert refused(lambda: add_partner(**{**wanted, "name": "清溪市", **over})) == code
    assert Partner.objects.count() == 1


def test_only_who_keeps_the_rules_keeps_partners(cast):
    assert refused(lambda: add_partner(name="x", url="https://city.example/", by=cast.li, now=NOON)) == "NOT_YOUR_DUTY"
    assert PartnerCode.objects.count() == 0


def test_what_waited_when_a_backup_was_taken_is_not_sent_twice_after_it(cast, city, partner):
    forward(cast, partner)
    assert doubt_referrals(now=NOON) == 1
    exchange(now=NOON)
    assert (referral().stage, [method for method, *_rest in city.asked if method == "POST"]) == (Stage.UNCERTAIN, [])
