"""Every constraint of the county's tables refuses what it was made for, whatever code lies above it."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import F

from tests.cast import LONG_AGO, NOON, REPLY
from tests.catalogue.knowing import keep as keep_article
from tests.matters import good_rows
from weimin.catalogue.models import Kind, Route, TimeRule, Urgency
from weimin.county.models import Holding, Office, Place, Post
from weimin.county.sealed.fields import _SealedText  # as if something plain had slipped through
from weimin.matters import journey
from weimin.matters.models import Answer, Matter
from weimin.matters.states import Identity, State

ROOMS = ("matters", "catalogue", "county", "households", "notices", "webhooks", "web")
EARLIER = LONG_AGO - timedelta(days=1)


# --- what each check refuses: constraint → (a good row, the change that makes it nonsense) ---------------------------

CHECKS = {
    "matter_state_is_known": (good_rows.matter, {"state": "ASLEEP"}),
    "matter_open_has_one_owner_and_one_clock": (good_rows.matter, {"owner": None}),
    "matter_merged_names_its_main": (lambda c: c.matter(State.MERGED), {"merged_into": None}),
    "matter_anonymous_has_no_resident": (good_rows.matter, {"identity": Identity.ANONYMOUS}),
    "matter_handled_knows_its_office": (lambda c: c.matter(State.HANDLED), {"lead": None}),
    "matter_lat_and_long_together": (good_rows.matter, {"lat": 34}),
    "matter_returned_at_most_twice": (good_rows.matter, {"returns": 3}),
    "matter_appealed_at_most_twice": (good_rows.matter, {"appeal_round": 3}),
    "contact_outcome_is_known": (good_rows.contact, {"outcome": "MAYBE"}),
    "contact_is_not_in_the_future": (good_rows.contact, {"at": NOON + timedelta(seconds=1)}),
    "rating_grade_one_to_five": (good_rows.rating, {"grade": 6}),
    "rating_resolved_is_known": (good_rows.rating, {"resolved": "MAYBE"}),
    "callback_answers_only_if_reached": (good_rows.callback, {"satisfied": True}),
    "appeal_two_rounds": (good_rows.appeal, {"round": 3}),
    "appeal_decided_whole": (good_rows.appeal, {"decided_at": NOON}),
    "answer_promise_replaced_was_open": (good_rows.answer, {"promise_replaced_at": NOON}),
    "support_done_or_ended": (good_rows.support, {"done_at": NOON, "ended_at": NOON}),
    "answer_promise_has_a_date": (good_rows.answer, {"promise": "换主管道"}),
    "article_has_question_answer_and_source": (keep_article, {"title_zh": ""}),
    "article_days_are_in_order": (keep_article, {"valid_until": EARLIER}),
    "article_retires_after_its_review": (keep_article, {"retired_on": EARLIER}),
    "article_act_is_known": (good_rows.article_change, {"act": "BURN"}),
    "article_retired_with_a_reason": (good_rows.article_change, {"act": "RETIRE", "reason": ""}),
    "incoming_fate_fits_its_matter": (good_rows.incoming, {"matter": None}),
    "mailfolder_counts_up": (good_rows.mail_folder, {"uid": -1}),
    "partner_that_is_taken_from_says_where_to": (good_rows.partner, {"takes": True}),
    "referral_stage_is_known": (good_rows.referral, {"stage": "MAYBE"}),
    "referral_there_has_its_number": (good_rows.referral, {"foreign_id": ""}),
    "endpoint_off_says_why": (good_rows.endpoint, {"off_at": NOON}),
    "endpoint_old_secret_ends": (good_rows.endpoint, {"old_secret": _SealedText("A256GCM.aaaaaaaa.x")}),
    "delivery_state_is_known": (good_rows.delivery, {"state": "LOST"}),
    "delivery_knows_when": (good_rows.delivery, {"state": "DELIVERED"}),
    "run_that_failed_knows_when": (good_rows.run, {"failures": 1}),
    "time_rule_unit_is_known": (good_rows.some(TimeRule), {"unit": "Y"}),
    "time_rule_is_positive": (good_rows.some(TimeRule), {"amount": 0}),
    "time_rule_ends_after_it_begins": (good_rows.some(TimeRule), {"to_on": EARLIER}),
    "urgency_units_are_known": (good_rows.some(Urgency), {"contact_unit": "Y"}),
    "kind_promise_within_law": (good_rows.some(Kind), {"promised_amount": 60}),
    "kind_depth_one_to_three": (good_rows.some(Kind, depth=2), {"depth": 4}),
    "kind_top_alone_has_no_parent": (good_rows.some(Kind, depth=2), {"parent": None}),
    "kind_units_are_known": (good_rows.some(Kind), {"legal_unit": "Y", "promised_unit": "Y"}),
    "route_ends_after_it_begins": (good_rows.some(Route), {"to_on": EARLIER}),
    "service_promise_within_law": (good_rows.service, {"promised_amount": 21}),
    "service_visit_needs_a_reason": (good_rows.service, {"visits": 1}),
    "token_use_is_known": (good_rows.token, {"use": "FAX"}),
    "token_for_staff_names_its_post": (good_rows.token, {"post": None}),
    "office_is_not_its_own_superior": (good_rows.some(Office), {"superior": F("id")}),
    "post_is_not_its_own_superior": (good_rows.some(Post), {"superior": F("id")}),
    "post_does_not_stand_in_for_itself": (good_rows.some(Post), {"stand_in": F("id")}),
    "holding_ends_after_it_begins": (good_rows.some(Holding), {"to_on": EARLIER}),
    "leave_ends_after_it_begins": (good_rows.leave, {"to_on": EARLIER}),
    "place_level_is_known": (good_rows.some(Place, level="VILLAGE"), {"level": "PLANET"}),
    "place_county_alone_has_no_parent": (good_rows.some(Place, level="VILLAGE"), {"parent": None}),
    "place_lat_and_long_together": (good_rows.some(Place), {"lat": 34}),
    "place_is_not_its_own_parent": (good_rows.some(Place, level="VILLAGE"), {"parent": F("id")}),
    "resident_reach_is_known": (good_rows.resident, {"reach_by": "PIGEON"}),
    "resident_is_sealed": (good_rows.resident, {"name": _SealedText("王桂芳")}),
    "notice_is_sealed": (good_rows.notice, {"body": _SealedText("已收到。")}),
    "answered_request_is_sealed": (good_rows.answered_request, {"body": _SealedText("123456")}),
    "matter_pin_is_sealed": (good_rows.matter, {"pin_digest": _SealedText("sha256:0")}),
    "partner_is_sealed": (good_rows.partner, {"api_key": _SealedText("their key")}),
    "referral_is_sealed": (good_rows.referral, {"words": _SealedText("停水两天")}),
    "endpoint_is_sealed": (good_rows.endpoint, {"secret": _SealedText("whsec_1")}),
    "incoming_is_sealed": (good_rows.incoming, {"sender": _SealedText("wang@example.com")}),
    "notice_channel_is_known": (good_rows.notice, {"channel": "PIGEON"}),
    "notice_state_is_known": (good_rows.notice, {"state": "LOST", "sent_at": NOON}),
    "notice_delivered_was_reported": (good_rows.notice, {"state": "DELIVERED", "sent_at": NOON}),
    "notice_goes_to_one_person": (good_rows.notice, {"resident": None}),
    "notice_sent_knows_when": (good_rows.notice, {"state": "SENT"}),
}

# Rows of which there may be only one: constraint → (the row, what a second one has of its own).
ONCE = {
    "tally_key_slot": (good_rows.counted, lambda c, row: {}),
    "follow_up_one_open": (good_rows.follow_up, lambda c, row: {"rating": good_rows.rating(c)}),
    "appeal_each_round_once": (good_rows.appeal, lambda c, row: {}),
    "support_one_open_per_office": (good_rows.support, lambda c, row: {}),
    "attachment_once_a_matter": (good_rows.attachment, lambda c, row: {}),
    "delivery_once_an_endpoint": (good_rows.delivery, lambda c, row: {}),
    "partner_code_once_a_kind": (good_rows.code, lambda c, row: {}),
    "referral_once_a_partner": (good_rows.referral, lambda c, row: {"foreign_id": "18"}),
    "referral_foreign_id_once": (good_rows.referral, lambda c, row: {"matter": c.matter()}),
    "index_row_once": (good_rows.index_row, lambda c, row: {}),
    "saved_view_name_once": (good_rows.view, lambda c, row: {}),
    "article_asked_once_an_office": (keep_article, lambda c, row: {"code": "another"}),
    "article_change_once_a_version": (good_rows.article_change, lambda c, row: {}),
    "time_rule_once_a_day": (good_rows.some(TimeRule), lambda c, row: {}),
    "route_once_a_day": (good_rows.some(Route), lambda c, row: {}),
    "question_code_once_a_kind": (good_rows.question, lambda c, row: {}),
    "answered_request_once": (good_rows.answered_request, lambda c, row: {}),
    "holding_post_has_one_open_holder": (good_rows.some(Holding), lambda c, row: {"official": c.officials["leader"]}),
}


def _constraints(kind):
    return sorted(
        constraint.name
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, kind)
    )


def test_every_constraint_is_tried():
    assert _constraints(models.CheckConstraint) == sorted(CHECKS)
    assert _constraints(models.UniqueConstraint) == sorted(ONCE)


@pytest.mark.parametrize("name", CHECKS)
def test_nonsense_is_refused_by_the_database(cast, name):
    make, nonsense = CHECKS[name]
    row = make(cast)
    rows = type(row).objects.filter(pk=row.pk)
    write = rows.update_by_verb if isinstance(row, Matter) else rows.update
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write(**nonsense)


@pytest.mark.parametrize("name", ONCE)
def test_a_second_row_is_refused_by_the_database(cast, name):
    make, own = ONCE[name]
    row = make(cast)
    named = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    second = type(row)(**named)
    for field, value in own(cast, row).items():
        setattr(second, field, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)


@pytest.mark.parametrize(
    ("state", "nonsense"),
    [
        (State.RECEIVED, {"clock": ""}),
        (State.RECEIVED, {"clock_due_at": None}),
        (State.RECEIVED, {"clock_started_at": None}),
        (State.CLOSED, {"clock": "ANSWER"}),
        (State.CLOSED, {"clock_due_at": NOON}),
        (State.PUBLISHED, {"state": State.RATED}),
    ],
)
def test_half_a_clock_is_refused(cast, state, nonsense):
    matter = cast.matter(state)
    with pytest.raises(IntegrityError, match="matter_open_has_one_owner_and_one_clock"), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update_by_verb(**nonsense)


def test_a_promise_without_words_is_refused(cast):
    answer = journey.answer_matter(cast.matter(State.HANDLED), reply=REPLY, by=cast.sun, now=NOON)
    with pytest.raises(IntegrityError, match="answer_promise_has_a_date"), transaction.atomic():
        Answer.objects.filter(pk=answer.pk).update(promise_due_on=date(2026, 10, 9))


def test_matters_are_written_by_verbs_alone(cast):
    matter = cast.matter()
    for write in (matter.save, lambda: Matter.objects.update(title=""), lambda: Matter.objects.all().delete()):
        with pytest.raises(TypeError, match=r"^Matter: "):
            write()
