"""Rows that travel together, and what intake costs because they do."""

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON
from weimin.county import queries, together, tokens
from weimin.county.actors import IMPORT
from weimin.county.models import ApiToken, Leave, Office, Post
from weimin.county.services import issue_token
from weimin.county.together import for_one_act, insert_together, next_key, one_act
from weimin.matters.models import Event, Matter
from weimin.notices.models import Notice

ON_POSTGRESQL = connection.vendor == "postgresql"


def office(cast, code):
    return Office(pk=next_key(Office), code=code, name_zh=code, name_en=code, place=cast.places["county"])


def post(cast, code, office):
    return Post(code=code, name_zh=code, name_en=code, office=office, covers=cast.places["county"])


def test_rows_that_name_each_other_are_inserted_together(cast, django_assert_num_queries):
    first = office(cast, "NEW-1")
    last = post(cast, "NEW-01", first)
    beside = (f"UPDATE {Office._meta.db_table} SET phone = %s WHERE code = %s", ["12345", "WATER"])
    with django_assert_num_queries(1 if ON_POSTGRESQL else 3):
        insert_together(first, last, beside=beside)
    assert Post.objects.get(pk=last.pk).office.code == "NEW-1"
    assert Office.objects.get(code="WATER").phone == "12345"
    assert (first._state.adding, last._state.adding) == (False, False)


def test_one_wrong_row_leaves_none_of_them(cast):
    first = office(cast, "WATER")  # the code is taken
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_together(post(cast, "NEW-02", cast.offices["ROADS"]), first)
    assert not Post.objects.filter(code="NEW-02").exists()


@pytest.mark.postgresql
def test_keys_are_taken_in_blocks_and_never_twice(cast):
    taken = [next_key(Office) for _ in range(together.BLOCK + 20)]
    together._blocks.clear()  # as a process does that starts anew: it goes on behind the blocks of the others
    taken += [next_key(Office) for _ in range(together.BLOCK)]
    assert len(set(taken)) == 2 * together.BLOCK + 20


def test_an_act_that_has_its_transaction_to_itself_needs_no_savepoint(db):
    @one_act
    def act():
        return Office.objects.count()

    def said():
        with CaptureQueriesContext(connection) as asked:
            act()
        return [query["sql"].split()[0] for query in asked.captured_queries]

    assert said() == ["SAVEPOINT", "SELECT", "RELEASE"]  # inside another transaction it can be undone by itself
    with for_one_act():
        assert said() == ["SELECT"]


# --- who acts on the post of a key ----------------------------------------------------------------------------------


def key_for(cast, code):
    token, _raw = issue_token(name="机器", use=ApiToken.Use.REST, post=cast.posts[code], duties=[], by=IMPORT, now=NOON)
    return token.digest


def holder(digest, now=NOON):
    return tokens.token_with_holder(digest, ApiToken.Use.REST, now=now).holder


def test_the_holder_of_a_key_is_who_acts_on_its_post(cast):
    digest, day = key_for(cast, "WATER-02"), NOON.date()
    assert holder(digest) == cast.officials["sun"].pk
    Post.objects.filter(code="WATER-02").update(stand_in=cast.posts["WATER-01"])
    Leave.objects.create(official=cast.officials["sun"], from_on=day, to_on=day)
    assert holder(digest) == cast.officials["zhang"].pk
    Leave.objects.create(official=cast.officials["zhang"], from_on=day, to_on=day)
    assert holder(digest) is None
    later = NOON + timedelta(days=1)
    for code, official in (("WATER-02", holder(digest, later)), ("WATER-02", cast.officials["sun"].pk)):
        assert queries.holder_of(Post.objects.get(code=code), now=later).pk == official


def test_an_ended_holding_ends_the_key_the_next_day(cast):
    digest = key_for(cast, "WATER-02")
    cast.officials["sun"].holdings.update(to_on=date(2026, 9, 29))
    assert (holder(digest), holder(digest, NOON + timedelta(days=1))) == (cast.officials["sun"].pk, None)


# --- what intake costs ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_intake_by_rest_costs_four_statements_with_begin_and_commit(cast, settings):
    settings.RATE_LIMITS = False
    _token, key = issue_token(
        name="机器", use=ApiToken.Use.REST, post=cast.posts["QS-01"], duties=["TAKE_IN"], by=IMPORT, now=NOON
    )
    client = Client(headers={"authorization": f"Bearer {key}"})
    said = json.dumps({"text": "停水两天了。", "kind": "WATER-OUT", "place": "990101101201", "phone": "13900000001"})

    def send(n):
        answer = client.post(
            "/api/v1/matters", said, content_type="application/json", headers={"idempotency-key": f"k{n}"}
        )
        assert answer.status_code == 201

    send(1)  # reads what is kept, and takes the first blocks of keys
    with CaptureQueriesContext(connection) as asked:
        send(2)
    assert len(asked.captured_queries) == (4 if ON_POSTGRESQL else 12)
    assert (Matter.objects.count(), Event.objects.count(), Notice.objects.count()) == (2, 2, 2)
