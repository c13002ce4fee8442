"""What stands in a row of its own is not written into the timeline again; the ledger proves both rows together."""

from contextlib import ExitStack
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from tests.cast import NOON, REPLY
from weimin.matters import journey, lines, queries
from weimin.matters.models import Answer, Event, Matter
from weimin.matters.proofs import open_timelines
from weimin.matters.states import Act, ContactOutcome, State

words_of_contacts = import_module("weimin.matters.migrations.0020_words_of_contacts")
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def answered(cast):
    return cast.matter(State.ANSWERED, text="青石村水管爆裂，路面结冰。")


def line(matter, act):
    return queries.timeline(matter).get(act=act)


def noted(answer):
    return {
        "answer": answer.pk, "reasons": REPLY.reasons, "rule": REPLY.rule, "promise": "", "promise_due_on": "",
        "appeal": REPLY.appeal_route,
    }  # fmt: skip


def test_the_words_of_the_resident_and_of_the_answer_stand_once(answered):
    heard, told = line(answered, Act.RECEIVE), line(answered, Act.ANSWER)
    answer = answered.answers.get()
    assert (heard.words, told.words, told.data, told.answer_id) == ("", "", {}, answer.pk)
    assert lines.words_in(heard) == "青石村水管爆裂，路面结冰。"
    assert (lines.words_in(told), lines.data_in(told)) == (REPLY.facts, noted(answer))


def test_a_refusal_says_its_reasons(cast):
    matter = cast.matter(State.RECEIVED)
    answer = journey.refuse_matter(matter, reply=REPLY, by=cast.li, now=LATER)
    told = line(matter, Act.REFUSE)
    assert (told.words, told.data) == ("", {})
    assert lines.words_in(told) == REPLY.reasons
    assert lines.data_in(told) == {"answer": answer.pk, "rule": REPLY.rule, "appeal": REPLY.appeal_route}
    assert open_timelines().unproved == []


def test_the_whole_timeline_is_one_statement(answered, django_assert_num_queries):
    with django_assert_num_queries(1):
        said = [(lines.words_in(event), lines.data_in(event)) for event in queries.timeline(answered)]
    assert len(said) == answered.events.count()


@pytest.mark.parametrize("change", ["text", "facts", "reasons", "rule", "appeal_route"])
def test_whoever_changes_the_row_is_found_out(answered, change):
    assert (open_timelines().unproved, open_timelines().lines) == ([], answered.events.count())
    if change == "text":
        Matter.objects.filter(pk=answered.pk).update_by_verb(text="我家水压低。")
    else:
        Answer.objects.filter(matter=answered).update(**{change: "没有说过。"})
    assert open_timelines().unproved == [answered.number]


def test_lines_that_repeat_their_row_are_proved_as_before(answered):
    """As they were written until then: nothing is rewritten."""
    answer = answered.answers.get()
    Event.objects.filter(matter=answered, act=Act.RECEIVE).update(words=answered.text)
    Event.objects.filter(matter=answered, act=Act.ANSWER).update(words=REPLY.facts, data=noted(answer), answer=None)
    assert (open_timelines().unproved, open_timelines().lines) == ([], answered.events.count())
    assert lines.words_in(line(answered, Act.ANSWER)) == REPLY.facts
    assert lines.data_in(line(answered, Act.ANSWER)) == noted(answer)


def test_an_act_that_confirms_keeps_nothing_to_go_back_to(cast):
    matter = cast.matter(State.RECEIVED)
    journey.classify_matter(matter, kind=matter.kind, by=cast.li, now=NOON)
    assert line(matter, Act.CLASSIFY).data["before"] == {}
    other = cast.matter(State.RECEIVED)
    before = other.kind_id
    journey.classify_matter(other, kind=cast.kinds["ROADS-HOLE"], by=cast.li, now=NOON)
    assert line(other, Act.CLASSIFY).data["before"]["kind"] == before
    assert "place" not in line(other, Act.CLASSIFY).data["before"]


# --- the words of contacts ------------------------------------------------------------------------------------------


@pytest.fixture
def earlier():
    """The table of contacts as it stood before; afterwards as every other test knows it."""
    state = MigrationLoader(None).project_state([("matters", "0019_answer_of_a_line")])
    contact = state.apps.get_model("matters", "Contact")
    with ExitStack() as whole:
        if connection.vendor == "postgresql":
            whole.enter_context(transaction.atomic())
            whole.callback(transaction.set_rollback, True)
        with connection.schema_editor() as editor:
            editor.add_field(contact, contact._meta.get_field("words"))
        yield state, contact
        if connection.vendor == "sqlite":
            with connection.schema_editor() as editor:
                editor.remove_field(contact, contact._meta.get_field("words"))


def prove(state):
    with connection.schema_editor() as editor:
        words_of_contacts.prove_words(state.apps, editor)


@pytest.mark.django_db(transaction=True)
def test_what_only_a_contact_says_stops_the_migration(earlier, cast):
    state, contact = earlier
    matter = cast.matter(State.HANDLED)
    row = dict(
        matter_id=matter.pk, at=NOON, by_id=cast.sun.official.pk, post_id=cast.sun.posts[0].pk, channel="PHONE",
        outcome=ContactOutcome.REACHED, recorded_at=LATER,
    )  # fmt: skip
    journey.add_note(matter, words="没联系上。", by=cast.sun, now=LATER)
    contact.objects.create(**row, words="")
    prove(state)
    contact.objects.create(**row, words="没联系上。")
    with pytest.raises(words_of_contacts.WordsOnlyHere, match=matter.number):
        prove(state)
    Event.objects.filter(matter=matter, act=Act.NOTE).update(act=Act.CONTACT)
    prove(state)
