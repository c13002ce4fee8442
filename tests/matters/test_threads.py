"""Several people at once, each in a thread with a connection of its own, really committing."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from tests.cast import NOON, REPLY
from tests.harness import A
from weimin.county.actors import IMPORT, RESIDENT
from weimin.county.context import use_county
from weimin.county.models import ApiToken
from weimin.county.services import issue_token
from weimin.kernel.numbers import parse
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.matters import journey, numbering, queries
from weimin.matters.models import Answer, Event, Matter
from weimin.matters.states import State

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(people, act):
    """`act(0)` … `act(people - 1)`, all let go at the same moment; returns what each returned."""
    start = Barrier(people)

    def run(number):
        try:
            with use_county(A):
                start.wait(timeout=20)
                return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(run, range(people)))


def told(act):
    """ "done", or the code of the refusal."""
    try:
        act()
    except Refused as refusal:
        return refusal.code
    return "done"


def test_of_two_clerks_who_accept_at_once_exactly_one_does(cast):
    matter = cast.matter(State.DISPATCHED)
    seen = [Matter.objects.get(pk=matter.pk) for _clerk in range(2)]
    clerks = [cast.sun, cast.zhang]
    before = Entry.objects.count()
    outcomes = at_once(2, lambda n: told(lambda: journey.accept_matter(seen[n], by=clerks[n], now=NOON)))
    assert sorted(outcomes) == ["MOVED_ON", "done"]
    winner = clerks[outcomes.index("done")].posts[0]
    assert Matter.objects.get(pk=matter.pk).owner == winner
    assert Entry.objects.count() - before == 1
    assert Event.objects.filter(matter=matter, act="ACCEPT").get().post == winner


def test_of_two_answers_at_once_one_is_kept(cast):
    matter = cast.matter(State.HANDLED)
    seen = [Matter.objects.get(pk=matter.pk) for _clerk in range(2)]
    clerks = [cast.sun, cast.zhang]
    outcomes = at_once(2, lambda n: told(lambda: journey.answer_matter(seen[n], reply=REPLY, by=clerks[n], now=NOON)))
    assert sorted(outcomes) == ["MOVED_ON", "done"]
    assert Answer.objects.filter(matter=matter).count() == 1


def test_two_hundred_numbers_from_eight_threads_are_all_different(cast):
    numbers = at_once(8, lambda _n: [numbering.next_number(NOON) for _each in range(25)])
    flat = [number for mine in numbers for number in mine]
    assert len(set(flat)) == 200
    assert all(str(parse(number)) == number for number in flat)


def test_matters_received_at_once_are_all_counted(cast):
    before = Entry.objects.count()
    made = at_once(8, lambda _n: journey.receive_matter(cast.draft(), by=RESIDENT, now=NOON).matter.number)
    assert len(set(made)) == 8
    assert queries.tally("state:RECEIVED", "month:2609:received") == {"state:RECEIVED": 8, "month:2609:received": 8}
    assert Entry.objects.count() - before == 8


def test_one_key_from_four_threads_makes_one_matter(cast):
    post = cast.posts["QS-01"]
    _token, raw = issue_token(
        name="四处同发", use=ApiToken.Use.REST, post=post, duties=post.duties, by=IMPORT, now=NOON
    )
    said = json.dumps({"text": "路灯不亮。", "kind": "ROADS-HOLE", "place": "990101101201", "phone": "13900000001"})
    headers = {"Authorization": f"Bearer {raw}", "Idempotency-Key": "one"}

    def send(_n):
        answer = Client().post("/api/v1/matters", said, content_type="application/json", headers=headers)
        return answer.status_code, answer.json().get("number")

    outcomes = at_once(4, send)
    number = Matter.objects.get().number
    assert (201, number) in outcomes
    assert set(outcomes) <= {(201, number), (409, None)}
    assert send(0) == (201, number)
    assert Entry.objects.filter(about=f"matter:{number}").count() == 1
