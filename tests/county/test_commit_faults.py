"""When COMMIT itself fails nobody knows what was kept: the client is told to ask again, and gets the first answer."""

from contextlib import contextmanager

import pytest

from tests.cast import NOON
from tests.faults import commit_breaks, nameless_keys
from weimin.county import idempotency
from weimin.county.actors import IMPORT, RESIDENT
from weimin.county.idempotency import Answered, answer_once
from weimin.county.models import AnsweredRequest, ApiToken
from weimin.county.services.keys import issue_token
from weimin.kernel.refusal import Refused
from weimin.matters import journey
from weimin.matters.models import Matter

pytestmark = pytest.mark.django_db(transaction=True)


def take_in(cast, calls):
    def act():
        calls.append(1)
        receipt = journey.receive_matter(cast.draft(), by=RESIDENT, now=NOON)
        return Answered(201, "text/plain", receipt.matter.number.encode())

    return answer_once(scope="portal", key="wang-1", payload=b"water", now=NOON, act=act)


@pytest.mark.parametrize(("kept", "carried_out"), [(True, 1), (False, 2)])
def test_the_client_asks_again_and_there_is_one_matter(cast, kept, carried_out):
    calls = []
    with commit_breaks(kept=kept), pytest.raises(Refused) as told:
        take_in(cast, calls)
    assert told.value.code == "UNCERTAIN"
    assert Matter.objects.count() == (1 if kept else 0)
    again = take_in(cast, calls)
    third = take_in(cast, calls)
    assert (again.repeated, third.repeated, again.body) == (kept, True, third.body)
    assert [matter.number.encode() for matter in Matter.objects.all()] == [again.body]
    assert len(calls) == carried_out


def test_a_program_is_told_when_to_come_back(cast, client, monkeypatch):
    _token, raw = issue_token(
        name="Li Min", use=ApiToken.Use.REST, post=cast.posts["QS-01"], duties=["TAKE_IN"], by=IMPORT, now=NOON
    )
    real = idempotency.for_one_act

    @contextmanager
    def breaking():
        with commit_breaks(kept=False), real():
            yield

    def send():
        return client.post(
            "/api/v1/matters",
            {"text": "我家停水两天了。", "kind": "WATER-OUT", "place": "990101101201", "phone": "13900000001"},
            content_type="application/json",
            headers={"Authorization": f"Bearer {raw}", "Idempotency-Key": "wang-2"},
        )

    monkeypatch.setattr(idempotency, "for_one_act", breaking)
    first = send()
    assert (first.status_code, first["Retry-After"], first.json()["code"]) == (503, "5", "UNCERTAIN")
    monkeypatch.setattr(idempotency, "for_one_act", real)
    assert send().status_code == 201
    assert Matter.objects.count() == 1


def test_a_key_taken_meanwhile_is_known_without_its_name(cast, monkeypatch):
    AnsweredRequest.objects.create(
        scope="portal", key="wang-1", payload_digest="0" * 64, status=201, content_type="text/plain", headers={},
        body="first", answered_at=NOON,
    )  # fmt: skip
    monkeypatch.setattr(idempotency, "_answered_before", lambda claim: None)  # it came a moment later
    with nameless_keys(), pytest.raises(Refused) as told:
        take_in(cast, [])
    assert told.value.code == "IN_PROGRESS"
    assert Matter.objects.count() == 0


def test_an_answer_that_travels_with_its_matter_is_the_only_one(cast, monkeypatch):
    def take_in_whole():
        def act():
            answered = Answered(201, "text/plain", b"second")
            journey.receive_matter(
                cast.draft(), by=RESIDENT, now=NOON, beside=lambda receipt: idempotency.kept_with(answered)
            )
            return answered

        return answer_once(scope="portal", key="wang-1", payload=b"water", now=NOON, act=act)

    assert (take_in_whole().repeated, take_in_whole().repeated) == (False, True)
    assert (Matter.objects.count(), AnsweredRequest.objects.count()) == (1, 1)
    monkeypatch.setattr(idempotency, "_answered_before", lambda claim: None)  # it came a moment later
    with nameless_keys(), pytest.raises(Refused) as told:
        take_in_whole()
    assert (told.value.code, Matter.objects.count()) == ("IN_PROGRESS", 1)


def test_who_comes_second_to_a_new_act_is_given_the_first_answer(cast):
    def take_in(payload=b"water", refuse=False):
        def act():
            if refuse:
                raise Refused("UNKNOWN_KIND", "")
            answered = Answered(201, "text/plain", b"first")
            journey.receive_matter(
                cast.draft(), by=RESIDENT, now=NOON, beside=lambda receipt: idempotency.kept_with(answered)
            )
            return answered

        return answer_once(scope="portal", key="wang-1", payload=payload, now=NOON, act=act, mostly_new=True)

    with pytest.raises(Refused) as told:
        take_in(refuse=True)
    assert told.value.code == "UNKNOWN_KIND"  # nothing is kept, and the key may be used again
    assert [take_in().repeated, take_in().repeated, take_in(refuse=True).repeated] == [False, True, True]
    with pytest.raises(Refused) as told:
        take_in(payload=b"lamp")
    assert told.value.code == "KEY_REUSED"
    assert (Matter.objects.count(), AnsweredRequest.objects.count()) == (1, 1)


def test_nobody_who_did_not_ask_once_is_given_a_row_to_keep():
    assert idempotency.kept_with(Answered(201, "text/plain", b"")) is None
