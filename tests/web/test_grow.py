"""A grown county is what the verbs would have written: the same rows, commitments that open, counts that are right."""

import json
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from tests import harness
from tests.cast import NOON
from weimin.county.context import use_county
from weimin.county.shared.models import CountyEntry
from weimin.households.models import Resident
from weimin.kernel import numbers
from weimin.ledger.models import Entry
from weimin.ledger.services import verify
from weimin.matters import journey, queries, tallies
from weimin.matters.journey._core import allowed, content_of
from weimin.matters.models import Answer, Callback, Event, Matter, Publication, Rating, Tally
from weimin.matters.states import CLOSED_STATES, Act, Channel, Resolved, State
from weimin.web.growth import growing
from weimin.web.growth.ending import Verbs
from weimin.web.growth.founding import codes, found
from weimin.web.growth.ground import Ground
from weimin.web.growth.growing import Growth, grow
from weimin.web.growth.keys import Keys
from weimin.web.growth.pen import WRITTEN, Pen
from weimin.web.growth.people import People
from weimin.web.growth.side_by_side import grow_side_by_side
from weimin.web.growth.telling import Story, Telling
from weimin.web.sample.builder import LAST_DAY, live, plans
from weimin.web.sample.fates import Fate
from weimin.web.sample.sequence import Course

pytestmark = pytest.mark.django_db

# Turns that few lives take, so that each is told at least once.
RARE = (
    Fate(appeals=True, upheld=False), Fate(appeals=True, twice=True, called_back=True), Fate(taken_down=True),
    Fate(promises=True, keeps=False), Fate(paused=True, extended=True, noted=True, promises=True), Fate(reopens=True),
    Fate(late=True, returns=2), Fate(rates=False, called_back=True), Fate(grade=1), Fate(refused=True, appeals=True),
    Fate(withdrawn=True), Fate(identity="ANONYMOUS", published=False), Fate(late=True, grade=2, promises=True),
)  # fmt: skip
TOLD_BY_LIVES = set(Act) - {Act.ASK_HELP, Act.CHASE, Act.SPLIT, Act.HAND_OVER, Act.RECOMPUTE, Act.UNDO}


def small() -> Growth:
    return Growth(residents=90, matters=120, until=LAST_DAY)


def grown() -> bool:
    return grow(small(), now=NOON, step=lambda _n: None)


# --- the same as the verbs ------------------------------------------------------------------------------------------


def lives(telling: Telling):
    """One in each state, a few plain ones, and everything rare."""
    yield from telling.held()
    yield from telling.plain(0, 12)
    for n, fate in enumerate(RARE):
        yield telling._life(Course("rare", n), date(2025, 3, 3) + timedelta(days=9 * n), fate)


def rows():
    """Everything that was written, without what is secret by chance and what the database chose."""
    rank = {table: {pk: n for n, pk in enumerate(table.objects.order_by("pk").values_list("pk", flat=True))}
            for table in WRITTEN}  # fmt: skip
    named = dict(Matter.objects.values_list("number", "pk"))
    refers = {"matter_id": Matter, "merged_into_id": Matter, "answer_id": Answer, "rating_id": Rating}

    def plain(row):
        for name in ("id", "salt", "pin_digest", "number"):
            row.pop(name, None)
        for name, table in refers.items():
            if row.get(name):
                row[name] = rank[table][row[name]]
        if row.get("data", {}).get("answer"):
            row["data"]["answer"] = rank[Answer][row["data"]["answer"]]
        if row.get("data", {}).get("main"):
            row["data"]["main"] = rank[Matter][named[row["data"]["main"]]]
        return row

    return {table.__name__: [plain(row) for row in table.objects.order_by("pk").values()] for table in WRITTEN}


def counts():
    return {key: n for key, n in queries.tallies_under("").items() if n}


@pytest.fixture
def ground():
    found(date(2022, 6, 1))
    people = People(40, NOON - timedelta(days=2000))
    Resident.objects.bulk_create([people.person(n) for n in range(40)])
    return Ground(plans(), people)


def test_a_told_life_is_written_down_exactly_as_the_verbs_write_it(ground):
    telling, told = Telling(Story(60, date(2022, 11, 1), LAST_DAY), ground), []
    for in_bulk in (False, True):
        with transaction.atomic():
            ground.verbs, pen = journey, None
            if in_bulk:
                pen = Pen(Keys(0, 5000), range(1, 200))
                ground.verbs = Verbs(pen, ground)
            ground.open_at.clear()
            live(lives=lives(telling), until=LAST_DAY, step=lambda _n: None)
            if pen:
                pen.lay_down()
            told.append((rows(), counts()))
            assert set(Event.objects.values_list("act", flat=True)) == TOLD_BY_LIVES
            transaction.set_rollback(True)
    (by_verbs, counted), (by_pen, counted_by_pen) = told
    for table, expected in by_verbs.items():
        assert len(by_pen[table]) == len(expected), table
        for ours, theirs in zip(by_pen[table], expected, strict=True):
            assert ours == theirs, table
    assert counted_by_pen == counted


# --- whole ----------------------------------------------------------------------------------------------------------


def recount() -> Counter[str]:
    """Every running count, counted anew from the rows themselves."""
    found: Counter[str] = Counter()
    for matter in Matter.objects.all():
        found.update(tallies.standing(matter, matter.state))
        found[f"month:{tallies.month(matter.received_at)}:received"] += 1
    county = Counter({key: n for key, n in found.items() if not key.startswith("office_month")})
    words: list[tuple[str, object]] = []
    words += [("rated", rating.at) for rating in Rating.objects.all()]
    words += [("satisfied", rating.at) for rating in Rating.objects.filter(grade__gte=3)]
    words += [("resolved", rating.at) for rating in Rating.objects.filter(resolved=Resolved.YES)]
    words += [("called_back" if one.reached else "not_reached", one.at) for one in Callback.objects.all()]
    words += [("published", event.at) for event in Event.objects.filter(act=Act.PUBLISH)]
    words += [("reopened", event.at) for event in Event.objects.filter(act=Act.REOPEN)]
    words += [("unrated", event.at) for event in Event.objects.filter(act=Act.CLOSE, data__unrated=True)]
    for word, at in words:
        county[f"month:{tallies.month(at)}:{word}"] += 1
    return county


def test_every_count_is_a_recount_and_every_open_matter_has_one_owner_and_one_clock():
    assert grown() is True
    assert Matter.objects.count() == 120 and Resident.objects.count() == 90
    assert set(Matter.objects.values_list("state", flat=True)) == set(State.values)
    kept, expected = counts(), recount()
    assert {key: kept.get(key, 0) for key in expected} == expected
    standing = {key: n for key, n in kept.items() if not key.startswith(("month:", "office_month:"))}
    assert standing == {key: n for key, n in expected.items() if not key.startswith("month:")}
    assert Tally.objects.filter(key="state:PUBLISHED", n__gt=0).exists()
    for matter in Matter.objects.all():
        open_ = matter.state not in CLOSED_STATES
        assert (matter.owner_id is not None) == (matter.clock != "") == (matter.clock_due_at is not None) == open_


def test_every_commitment_opens_and_every_step_stands_in_the_table_of_moves():
    grown()
    entries = {}
    for entry in Entry.objects.filter(what__startswith="matter.").order_by("id"):
        entries.setdefault(entry.about, []).append(entry)
    for matter in Matter.objects.prefetch_related("events__post"):
        assert str(numbers.parse(matter.number)) == matter.number and matter.number.startswith("QS-")
        events, state = sorted(matter.events.all(), key=lambda event: event.pk), ""
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert matter.version == len(events)
        for event, entry in zip(events, entries[f"matter:{matter.number}"], strict=True):
            content = content_of(event, matter.number, entry.by)
            assert verify(content, salt=bytes(event.salt), commitment=entry.commitment)
            assert (entry.at, json.loads(entry.body)["commitment"]) == (event.at, entry.commitment)
            assert event.act == Act.RECEIVE or (event.from_state, True) == (
                state, allowed(Act(event.act), event.from_state, event.to_state)
            )  # fmt: skip
            state = event.to_state
        assert state == matter.state


def test_public_copies_hold_no_name_and_nobody_can_be_called():
    grown()
    assert Publication.objects.count() > 10
    for shown in Publication.objects.select_related("matter__resident", "place"):
        resident, told = shown.matter.resident, shown.title + shown.asked + shown.done
        assert shown.place.level == "VILLAGE"
        assert resident is None or resident.name not in told
    assert all(one.phone.startswith("100") for one in Resident.objects.all() if one.phone)


# --- again, and elsewhere -------------------------------------------------------------------------------------------


def test_a_growth_that_was_cut_off_goes_on(monkeypatch):
    monkeypatch.setattr(growing, "_MATTERS", 35)
    monkeypatch.setattr(growing, "_PEOPLE", 50)

    class CutOff(Exception):
        pass

    def power(weight):
        if Matter.objects.exists():
            raise CutOff

    with pytest.raises(CutOff):
        grow(small(), now=NOON, step=power)
    assert (Resident.objects.count(), Matter.objects.count()) == (90, 35)
    assert grown() is True
    assert (Resident.objects.count(), Matter.objects.count()) == (90, 120)
    assert len(set(Matter.objects.values_list("number", flat=True))) == 120
    assert set(Matter.objects.exclude(resident=None).values_list("resident__source", flat=True)) == {"IMPORT"}
    assert grown() is False
    assert Matter.objects.latest("pk").pk < Event.objects.latest("pk").pk <= small().room * len(small().stretches)


def test_what_comes_after_the_growth_gets_a_number_and_a_key_of_its_own():
    grown()
    clerk = Ground(plans(), small().people).post("RX-13")
    matter = Matter.objects.select_related("kind__urgency", "place").latest("pk")
    draft = journey.Draft(
        text="村口的路灯不亮。", kind=matter.kind, place=matter.place, channel=Channel.PHONE, phone="10012345678"
    )
    receipt = journey.receive_matter(draft, by=clerk, now=NOON)
    assert receipt.matter.pk > small().room * len(small().stretches)
    assert numbers.parse(receipt.matter.number).serial > small().matters
    assert receipt.matter.resident.pk > small().residents


def test_it_wants_an_empty_county(cast):
    cast.matter()
    with pytest.raises(CommandError, match="places or matters of its own"):
        call_command("grow", "--matters", "100", "--residents", "10")
    with pytest.raises(CommandError, match="at least"):
        call_command("grow", "--matters", "10")
    assert Matter.objects.count() == 1


def test_the_command_writes_down_who_may_sign_in(settings, tmp_path, capsys):
    settings.WEIMIN_HOME = tmp_path
    call_command("grow", "--matters", "60", "--residents", "20")
    assert "60 matters" in capsys.readouterr().out
    demo = json.loads((tmp_path / "demo.json").read_text())
    assert Matter.objects.get(number=demo["resident"]["number"]).state == State.ANSWERED
    call_command("grow", "--matters", "60", "--residents", "20")
    assert "was grown already" in capsys.readouterr().out


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_processes_write_the_same_county_as_one(county_b, monkeypatch):  # emptying reaches both counties
    monkeypatch.setattr(growing, "_MATTERS", 40)
    told = []
    for together in (True, False):
        by = {"now": NOON, "step": lambda _n: None}
        assert grow_side_by_side(small(), **by, processes=2) if together else grow(small(), **by)
        matters = list(Matter.objects.order_by("pk").values_list("pk", "number", "title", "state", "version"))
        shared = {key: n for key, n in counts().items() if key.startswith(("state:", "township:", "month:"))}
        told.append((matters, shared, Event.objects.count(), Entry.objects.filter(what="web.grow").count()))
        harness.flush()
    assert told[0] == told[1]


@pytest.mark.postgresql
def test_several_counties_grow_side_by_side_each_with_letters_of_its_own(county_b, settings, tmp_path):
    settings.WEIMIN_HOME = tmp_path
    assert codes(2) == ["990101", county_b]
    call_command("grow", "--matters", "60", "--residents", "20", "--counties", "2")
    letters = dict(CountyEntry.objects.values_list("code", "letters"))
    for code in codes(2):
        with use_county(code):
            assert Matter.objects.count() == 60
            assert {number[:2] for number in Matter.objects.values_list("number", flat=True)} == {letters[code]}
            assert {place[:6] for place in Matter.objects.values_list("place_code", flat=True)} == {code}
    assert len(set(letters.values())) == 2
