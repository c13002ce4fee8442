"""A matter is also with another city, under both numbers; what is said there comes back; each once."""

from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.matters.partnering import MINUTE, WORDS, Stage, city, forward, line, partner, referral, refused
from tests.peers import city as cities
from weimin.county.actors import RESIDENT
from weimin.county.models import Place
from weimin.matters import journey
from weimin.matters.models import Event, Matter, Partner, Referral
from weimin.matters.services import change_partner, map_code, switch_partner
from weimin.matters.states import State
from weimin.matters.tasks import exchange
from weimin.notices.models import Notice

__all__ = ["city", "partner"]  # fixtures, used below by their names


# --- there ----------------------------------------------------------------------------------------------------------


def test_it_is_sent_with_the_clerks_words_and_nothing_of_the_resident(cast, city, partner):
    Place.objects.filter(code="990101101201").update(lat="34.25", long="107.5")
    forward(cast, partner)
    assert exchange(now=NOON) == {"sent": 1, "heard": 0, "taken": 0, "away": 0}
    posts = [given for method, _path, given in city.asked if method == "POST"]
    assert posts == [
        {
            "service_code": "POTHOLE", "description": WORDS, "address_string": "青石村", "lat": "34.250000",
            "long": "107.500000", "account_id": referral().matter.number, "api_key": cities.KEY,
            "jurisdiction_id": cities.JURISDICTION,
        }
    ]  # fmt: skip
    assert (referral().stage, referral().foreign_id) == (Stage.SENT, "C-1")
    assert line(referral().matter) == "清河市：已收下，对方编号 C-1。"
    partner.refresh_from_db()
    assert (partner.tried_at, partner.good_at, partner.trouble) == (NOON, NOON, "")


def test_it_stays_whose_it_was_and_its_clock_runs_on(cast, city, partner):
    matter = cast.matter(State.HANDLED, kind=cast.kinds["ROADS-HOLE"])
    before = (matter.state, matter.owner_id, matter.clock_due_at)
    forward(cast, partner, matter, by=cast.sun)
    exchange(now=NOON)
    matter.refresh_from_db()
    assert (matter.state, matter.owner_id, matter.clock_due_at) == before
    assert Notice.objects.filter(official=cast.officials["sun"]).count() == 1


def test_a_token_becomes_a_number_when_they_have_one(cast, city, partner):
    city.mood = "token"
    Partner.objects.update(takes=False)
    forward(cast, partner)
    exchange(now=NOON)
    assert (referral().stage, referral().token) == (Stage.TOKEN, "tC-1")
    city.tokens["tC-1"] = "C-1"
    exchange(now=NOON + MINUTE)
    assert (referral().stage, referral().foreign_id, referral().token) == (Stage.SENT, "C-1", "")


def test_what_has_only_a_token_yet_is_not_taken_for_theirs(cast, city, partner):
    city.mood = "token"
    forward(cast, partner)
    exchange(now=NOON)
    assert (referral().stage, referral().foreign_id) == (Stage.SENT, "C-1")


def test_every_error_they_tell_is_on_the_matter_and_it_is_not_sent_again(cast, city, partner):
    matter = cast.matter(kind=cast.kinds["ROADS-HOLE"])
    forward(cast, partner, matter, code="MOON")
    exchange(now=NOON)
    exchange(now=NOON + timedelta(days=1))
    assert len([1 for method, *_rest in city.asked if method == "POST"]) == 1
    assert (referral().stage, referral().trouble) == (Stage.REFUSED, "service_code was not found")
    event = Event.objects.filter(matter=matter).order_by("-pk").first()
    assert (event.words, event.internal) == ("清河市：没有收下：service_code was not found", True)
    forward(cast, partner, Matter.objects.get(pk=matter.pk))
    exchange(now=NOON + timedelta(days=2))
    assert referral().stage == Stage.SENT


def test_a_wrong_key_is_told_in_plain_words(cast, city, partner):
    change_partner(partner, api_key="wrong", by=cast.keeper, now=NOON)
    forward(cast, partner)
    exchange(now=NOON)
    assert (referral().stage, referral().trouble) == (Stage.REFUSED, "the api_key is not known")


@pytest.mark.parametrize("mood", ["busy", "down"])
def test_while_they_are_away_it_waits_and_the_operator_sees_why(cast, city, partner, mood):
    city.mood = mood
    if mood == "down":
        Partner.objects.update(url="http://127.0.0.1:1/v2")
    forward(cast, partner)
    assert exchange(now=NOON) == {"sent": 0, "heard": 0, "taken": 0, "away": 1}
    why = {"busy": "HTTP 503", "down": "no connection (ConnectionRefusedError)"}[mood]
    partner.refresh_from_db()
    assert (partner.trouble, partner.good_at) == (why, None)
    assert (referral().stage, referral().trouble) == (Stage.QUEUED, why)
    city.mood = "well"
    Partner.objects.update(url=city.url)
    assert exchange(now=NOON + MINUTE)["sent"] == 1
    assert referral().stage == Stage.SENT


@pytest.mark.parametrize("mood", ["hangs up", "broken", "babbles"])
def test_what_may_have_arrived_is_never_sent_twice(cast, city, partner, mood):
    city.mood = mood
    matter = cast.matter(kind=cast.kinds["ROADS-HOLE"])
    forward(cast, partner, matter)
    exchange(now=NOON)
    assert referral().stage == Stage.UNCERTAIN
    assert line(matter).startswith("清河市：收没收到不明（")
    city.mood = "well"
    exchange(now=NOON + timedelta(hours=2))
    arrived = mood == "hangs up"
    assert len([1 for method, *_rest in city.asked if method == "POST"]) == 1
    # what had arrived after all is known by its words, and does not come in as somebody else's
    assert (referral().stage, referral().foreign_id) == ((Stage.SENT, "C-1") if arrived else (Stage.UNCERTAIN, ""))
    assert Matter.objects.count() == 1


def test_a_rule_sends_by_kind_and_place_without_a_word_of_the_resident(cast, city, partner):
    before = cast.matter(kind=cast.kinds["ROADS-HOLE"], now=NOON - MINUTE)
    map_code(
        partner, service_code="POTHOLE", kind=cast.kinds["ROADS-HOLE"], place=cast.places["qingshi_town"],
        by_itself=True, by=cast.keeper, now=NOON,
    )  # fmt: skip
    matter = cast.matter(kind=cast.kinds["ROADS-HOLE"], place=cast.places["group"])
    cast.matter(kind=cast.kinds["ROADS-HOLE"], place=cast.places["qingxi"])
    cast.matter()
    for _round in range(2):
        exchange(now=NOON + MINUTE)
    assert [request["description"] for request in city.requests.values()] == [
        f"{matter.kind.name_zh}，青石村。县里的编号 {matter.number}。"
    ]
    assert referral().matter == matter != before


@pytest.mark.parametrize(
    ("who", "state", "code"),
    [
        ("zhao", State.RECEIVED, "NOT_YOUR_DUTY"), ("keeper", State.RECEIVED, "NOT_YOUR_DUTY"),
        ("roads", State.HANDLED, "NOT_YOUR_DUTY"), ("li", State.CLOSED, "NOT_NOW"), ("li", State.WITHDRAWN, "NOT_NOW"),
    ],
)  # fmt: skip
def test_who_may_not_or_not_now(cast, city, partner, who, state, code):
    matter = cast.matter(state)
    assert refused(lambda: forward(cast, partner, matter, by=cast.acting(who, NOON))) == code
    assert Referral.objects.count() == 0


def test_once_is_enough_and_a_partner_that_is_off_takes_nothing(cast, city, partner):
    made = forward(cast, partner)
    assert refused(lambda: forward(cast, partner, Matter.objects.get(pk=made.matter_id))) == "THERE_ALREADY"
    switch_partner(partner, on=False, by=cast.keeper, now=NOON)
    assert refused(lambda: forward(cast, partner)) == "PARTNER_OFF"
    exchange(now=NOON)
    assert (city.asked, referral().stage) == ([], Stage.QUEUED)


# --- back -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offers", [True, False])
def test_what_becomes_of_it_there_comes_onto_the_timeline_once(cast, city, partner, offers):
    city.offers_updates = offers
    forward(cast, partner)
    exchange(now=NOON)
    city.say("C-1", NOON + MINUTE, status="OPEN", words="已派养护队。")
    for _round in range(2):
        exchange(now=NOON + 2 * MINUTE)
    matter = referral().matter
    assert line(matter) == "清河市：办理中。已派养护队。"
    city.say("C-1", NOON + 3 * MINUTE, status="CLOSED", words="已补平。")
    for _round in range(2):
        exchange(now=NOON + 4 * MINUTE)
    said = [words for words in Event.objects.filter(matter=matter).values_list("words", flat=True) if "。" in words]
    assert said[-2:] == ["清河市：办理中。已派养护队。", "清河市：已办结。已补平。"]
    assert referral().closed
    partner.refresh_from_db()
    assert partner.tells_updates is offers


def test_a_matter_taken_back_here_is_left_alone(cast, city, partner):
    matter = forward(cast, partner).matter
    exchange(now=NOON)
    journey.withdraw_matter(Matter.objects.get(pk=matter.pk), by=RESIDENT, now=NOON)
    city.say("C-1", NOON + MINUTE, status="OPEN", words="已派养护队。")
    assert exchange(now=NOON + 2 * MINUTE)["away"] == 0
    assert "养护队" not in line(matter)
