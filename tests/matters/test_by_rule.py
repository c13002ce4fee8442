"""A backlog goes to the offices by the catalogue's rules: from the queue by ticks, or by one command."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from tests.cast import LONG_AGO, NOON
from tests.staff import enter
from weimin.catalogue.models import Kind, Route
from weimin.county.actors import CLOCK
from weimin.county.models import Holding
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.matters import journey, queries
from weimin.matters.models import Event, Matter
from weimin.matters.services import dispatch_by_rule
from weimin.matters.states import Channel, State


@pytest.fixture
def unruled(cast):
    """A kind nobody has written a rule for."""
    kind = cast.kinds["WATER"]
    return Kind.objects.create(
        code="CULTURE", depth=1, name_zh="文物", name_en="Relics", urgency=kind.urgency, legal_amount=60,
        legal_unit="N", promised_amount=5, promised_unit="W", source_zh="文件", source_en="Paper",
    )  # fmt: skip


@pytest.fixture
def old(cast, unruled):
    """Three imported matters, one of a kind without a rule; and one that came by telephone today."""
    made = [cast.matter(kind=kind) for kind in (cast.kinds["WATER-OUT"], cast.kinds["ROADS-HOLE"], unruled)]
    Matter.objects.update_by_verb(channel=Channel.IMPORT)
    return [*made, cast.matter(channel=Channel.PHONE)]


@pytest.fixture
def li_min(cast, monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    client = enter(Client(), cast.officials["li"])
    return client


def states():
    return list(Matter.objects.order_by("pk").values_list("state", flat=True))


def test_one_matter_takes_two_acts_each_with_its_entry(cast):
    matter = cast.matter()
    Route.objects.get(kind=cast.kinds["WATER"]).supporting.add(cast.offices["ROADS"])
    before = Entry.objects.count()
    route = dispatch_by_rule(matter, by=cast.li, now=NOON)
    assert (route.lead, matter.state, matter.lead) == (cast.offices["WATER"], State.DISPATCHED, cast.offices["WATER"])
    assert [event.act for event in queries.timeline(matter)] == ["RECEIVE", "CLASSIFY", "DISPATCH"]
    assert Entry.objects.count() - before == 2
    assert [support.office.code for support in matter.supports.all()] == ["ROADS"]


def test_without_a_rule_nothing_of_it_happens_and_the_rule_is_named(cast, unruled):
    matter, before = cast.matter(kind=unruled), Entry.objects.count()
    with pytest.raises(Refused) as refused:
        dispatch_by_rule(matter, by=cast.li, now=NOON)
    assert refused.value.code == "NO_ROUTE"
    assert "“文物”在青石村还没有派办规则" in str(refused.value)
    assert (states(), Entry.objects.count()) == ([State.RECEIVED], before)


def test_what_an_office_returned_is_looked_at_by_a_person(cast):
    matter = cast.matter(State.RETURNED)
    with pytest.raises(Refused) as refused:
        dispatch_by_rule(matter, by=cast.li, now=NOON)
    assert refused.value.code == "NOT_BY_RULE"


def test_who_may_not_dispatch_does_not_classify_either(cast):
    matter, before = cast.matter(), Entry.objects.count()
    with pytest.raises(Refused) as refused:
        dispatch_by_rule(matter, by=cast.zhao, now=NOON)
    assert (refused.value.code, states(), Entry.objects.count()) == ("NOT_YOUR_DUTY", [State.RECEIVED], before)


def test_ticked_matters_go_by_rule_and_each_that_stays_is_named_with_why(cast, li_min, old, unruled):
    other = cast.matter(kind=unruled)
    sent = {"number": [one.number for one in [*old[:3], other]], "query": "queue=all"}
    html = li_min.post("/desk/matters/dispatch-by-rule/", sent, follow=True).content.decode()
    assert "已按规则分类并派办 2 件" in html
    assert f"{old[2].number}、{other.number} 没有派出：“文物”在青石村还没有派办规则" in html
    assert states() == ["DISPATCHED", "DISPATCHED", "RECEIVED", "RECEIVED", "RECEIVED"]
    assert [one.lead.code for one in Matter.objects.filter(state="DISPATCHED").order_by("pk")] == ["WATER", "ROADS"]


def test_nothing_ticked_says_so(cast, li_min):
    html = li_min.post("/desk/matters/dispatch-by-rule/", {"query": "queue=all"}, follow=True).content.decode()
    assert "请先勾选要派办的事项" in html


def run(capsys, *more):
    call_command("dispatch_by_rule", "--post", "HALL-05", "--json", *more)
    return json.loads(capsys.readouterr().out)


def test_a_dry_run_counts_and_writes_nothing(cast, old, capsys):
    before = Event.objects.count()
    assert run(capsys, "--dry-run") == {
        "matters": 3, "dispatched": 2, "without_rule": 1, "refused": 0, "missing_rules": {"文物 · 青石村": 1},
    }  # fmt: skip
    assert Event.objects.count() == before


def test_the_backlog_is_dispatched_in_the_name_of_a_post_and_what_came_today_waits(cast, old, capsys):
    assert run(capsys)["dispatched"] == 2
    assert states() == ["DISPATCHED", "DISPATCHED", "RECEIVED", "RECEIVED"]
    event = Event.objects.filter(act="DISPATCH").first()
    assert (event.post.code, event.official) == ("HALL-05", cast.officials["hotline"])
    assert run(capsys)["matters"] == 1
    assert run(capsys, "--all-channels")["dispatched"] == 1


def test_a_part_of_the_backlog_is_its_oldest(cast, old, capsys):
    assert run(capsys, "--limit", "1")["matters"] == 1
    assert states() == ["DISPATCHED", "RECEIVED", "RECEIVED", "RECEIVED"]


@pytest.mark.parametrize(("post", "why"), [("NONE", "There is no post NONE"), ("HALL-05", "Nobody acts on post")])
def test_nothing_is_done_in_nobodys_name(cast, post, why):
    Holding.objects.filter(post__code="HALL-05").update(to_on=LONG_AGO)
    with pytest.raises(CommandError, match=why):
        call_command("dispatch_by_rule", "--post", post)


def test_what_was_late_before_the_county_had_the_rule_still_climbs_the_line(cast):
    """An imported matter of 2012: the steps up the line are counted by the first rule there is."""
    matter = cast.matter(now=NOON.replace(year=2012))
    for told in (1, 2):
        Matter.objects.filter(pk=matter.pk).update_by_verb(owner=cast.posts["WATER-02"])
        matter.refresh_from_db()
        journey.escalate_matter(matter, by=CLOCK, now=NOON)
        assert matter.escalated == told
