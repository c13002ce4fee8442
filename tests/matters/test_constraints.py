"""Every constraint of the county's tables refuses what it was made for, whatever code lies above it."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import F

from tests.cast import LONG_AGO, NOON, REPLY
from tests.catalogue.knowing import keep as keep_article
from weimin.catalogue.models import Kind, Question, Route, Service, TimeRule, Urgency
from weimin.county.actors import IMPORT, RESIDENT
from weimin.county.models import AnsweredRequest, ApiToken, Holding, Leave, Office, Place, Post
from weimin.county.sealed.fields import _SealedText  # as if something plain had slipped through
from weimin.county.services import issue_token
from weimin.matters import journey
from weimin.matters.models import Answer, Appeal, Attachment, FollowUp, Matter, Rating, SavedView, Support, Tally
from weimin.matters.models.letters import Incoming, MailFolder
from weimin.matters.models.partners import Partner, PartnerCode, Referral
from weimin.matters.states import ContactOutcome, Grade, Identity, Resolved, State
from weimin.notices.models import Notice
from weimin.web.models import Run
from weimin.webhooks.models import Delivery, Endpoint

ROOMS = ("matters", "catalogue", "county", "households", "notices", "webhooks", "web")
EARLIER = LONG_AGO - timedelta(days=1)


# --- one good row of each table -------------------------------------------------------------------------------------


def _matter(cast):
    return cast.matter(State.RECEIVED)


def _article_change(cast):
    return keep_article(cast).changes.get()


def _contact(cast):
    return journey.contact_resident(
        cast.matter(), at=NOON, channel="PHONE", outcome=ContactOutcome.REACHED, words="", by=cast.li, now=NOON
    )


def _incoming(cast):
    return Incoming.objects.create(message_id="a1@b.example", fate="MATTER", matter=cast.matter(), at=NOON)


def _mail_folder(cast):
    return MailFolder.objects.create(name="county/INBOX", validity=1, uid=7)


def _run(cast):
    return Run.objects.create(job="deliver", good_at=NOON)


def _rating(cast):
    return Rating.objects.get(matter=cast.matter(State.RATED))


def _follow_up(cast):
    matter = cast.matter(State.ANSWERED)
    journey.rate_matter(matter, grade=Grade.DISSATISFIED, resolved=Resolved.NO, by=RESIDENT, now=NOON)
    return FollowUp.objects.get(matter=matter)


def _answer(cast):
    return Answer.objects.get(matter=cast.matter(State.ANSWERED))


def _callback(cast):
    return journey.call_back(cast.matter(State.ANSWERED), reached=False, by=cast.caller, now=NOON)


def _appeal(cast):
    return Appeal.objects.get(matter=cast.matter(State.APPEALED))


def _support(cast):
    matter = cast.matter(State.CLASSIFIED)
    offices = cast.offices
    journey.dispatch_matter(matter, office=offices["WATER"], supporting=[offices["ROADS"]], by=cast.li, now=NOON)
    return Support.objects.get(matter=matter)


def _attachment(cast):
    return Attachment.objects.create(
        matter=cast.matter(),
        sha256="a" * 64,
        media_type="image/jpeg",
        size=1,
        name="a.jpg",
        by_kind="resident",
        at=NOON,
    )


def _token(cast):
    token, _raw = issue_token(
        name="接口", use=ApiToken.Use.REST, post=cast.posts["QS-01"], duties=[], by=IMPORT, now=NOON
    )
    return token


def _service(cast):
    return Service.objects.create(
        code="S-1", type="PUBLIC", office=cast.offices["WATER"], legal_amount=20, legal_unit="W", promised_amount=5,
        promised_unit="W", visits=0, valid_from=LONG_AGO,
    )  # fmt: skip


def _question(cast):
    return Question.objects.create(
        kind=cast.kinds["WATER-OUT"], code="since", text_zh="从何时起", text_en="Since when", datatype="string"
    )


def _answered_request(cast):
    return AnsweredRequest.objects.create(
        scope="s", key="k", payload_digest="d", status=201, content_type="text/plain", body=b"", answered_at=NOON
    )


def _leave(cast):
    return Leave.objects.create(official=cast.officials["sun"], from_on=LONG_AGO, to_on=LONG_AGO)


def _view(cast):
    return SavedView.objects.create(official=cast.officials["sun"], name="超期", query="queue=overdue")


def _resident(cast):
    return cast.matter().resident


def _notice(cast):
    return Notice.objects.filter(about=f"matter:{cast.matter().number}").get()


def _counted(cast):
    cast.matter()
    return Tally.objects.first()


def _partner(cast):
    return Partner.objects.create(
        name="清河市", url="https://qinghe.example/open311/v2/", created_at=NOON, taken_until=NOON, heard_until=NOON
    )


def _code(cast):
    return PartnerCode.objects.create(
        partner=_partner(cast), service_code="W", kind=cast.kinds["WATER-OUT"], since=NOON
    )


def _referral(cast):
    return Referral.objects.create(
        partner=_partner(cast),
        matter=cast.matter(),
        stage="SENT",
        foreign_id="17",
        service_code="W",
        next_at=NOON,
        made_at=NOON,
    )


def _endpoint(cast):
    return Endpoint.objects.create(name="县大屏", url="https://screen.example/in", secret="whsec_x", created_at=NOON)


def _delivery(cast):
    return Delivery.objects.create(
        endpoint=_endpoint(cast), message_id="m1", what="matter.received", body="{}", at=NOON, next_at=NOON
    )


def _some(model, **which):
    return lambda cast: model.objects.filter(**which).first()


# --- what each check refuses: constraint → (a good row, the change that makes it nonsense) ---------------------------

CHECKS = {
    "matter_state_is_known": (_matter, {"state": "ASLEEP"}),
    "matter_open_has_one_owner_and_one_clock": (_matter, {"owner": None}),
    "matter_merged_names_its_main": (lambda c: c.matter(State.MERGED), {"merged_into": None}),
    "matter_anonymous_has_no_resident": (_matter, {"identity": Identity.ANONYMOUS}),
    "matter_handled_knows_its_office": (lambda c: c.matter(State.HANDLED), {"lead": None}),
    "matter_lat_and_long_together": (_matter, {"lat": 34}),
    "matter_returned_at_most_twice": (_matter, {"returns": 3}),
    "matter_appealed_at_most_twice": (_matter, {"appeal_round": 3}),
    "contact_outcome_is_known": (_contact, {"outcome": "MAYBE"}),
    "contact_is_not_in_the_future": (_contact, {"at": NOON + timedelta(seconds=1)}),
    "rating_grade_one_to_five": (_rating, {"grade": 6}),
    "rating_resolved_is_known": (_rating, {"resolved": "MAYBE"}),
    "callback_answers_only_if_reached": (_callback, {"satisfied": True}),
    "appeal_two_rounds": (_appeal, {"round": 3}),
    "appeal_decided_whole": (_appeal, {"decided_at": NOON}),
    "answer_promise_replaced_was_open": (_answer, {"promise_replaced_at": NOON}),
    "support_done_or_ended": (_support, {"done_at": NOON, "ended_at": NOON}),
    "answer_promise_has_a_date": (_answer, {"promise": "换主管道"}),
    "article_has_question_answer_and_source": (keep_article, {"title_zh": ""}),
    "article_days_are_in_order": (keep_article, {"valid_until": EARLIER}),
    "article_retires_after_its_review": (keep_article, {"retired_on": EARLIER}),
    "article_act_is_known": (_article_change, {"act": "BURN"}),
    "article_retired_with_a_reason": (_article_change, {"act": "RETIRE", "reason": ""}),
    "incoming_fate_fits_its_matter": (_incoming, {"matter": None}),
    "mailfolder_counts_up": (_mail_folder, {"uid": -1}),
    "partner_that_is_taken_from_says_where_to": (_partner, {"takes": True}),
    "referral_stage_is_known": (_referral, {"stage": "MAYBE"}),
    "referral_there_has_its_number": (_referral, {"foreign_id": ""}),
    "endpoint_off_says_why": (_endpoint, {"off_at": NOON}),
    "endpoint_old_secret_ends": (_endpoint, {"old_secret": "whsec_y"}),
    "delivery_state_is_known": (_delivery, {"state": "LOST"}),
    "delivery_knows_when": (_delivery, {"state": "DELIVERED"}),
    "run_that_failed_knows_when": (_run, {"failures": 1}),
    "time_rule_unit_is_known": (_some(TimeRule), {"unit": "Y"}),
    "time_rule_is_positive": (_some(TimeRule), {"amount": 0}),
    "time_rule_ends_after_it_begins": (_some(TimeRule), {"to_on": EARLIER}),
    "urgency_units_are_known": (_some(Urgency), {"contact_unit": "Y"}),
    "kind_promise_within_law": (_some(Kind), {"promised_amount": 60}),
    "kind_depth_one_to_three": (_some(Kind, depth=2), {"depth": 4}),
    "kind_top_alone_has_no_parent": (_some(Kind, depth=2), {"parent": None}),
    "kind_units_are_known": (_some(Kind), {"legal_unit": "Y", "promised_unit": "Y"}),
    "route_ends_after_it_begins": (_some(Route), {"to_on": EARLIER}),
    "service_promise_within_law": (_service, {"promised_amount": 21}),
    "service_visit_needs_a_reason": (_service, {"visits": 1}),
    "token_use_is_known": (_token, {"use": "FAX"}),
    "token_for_staff_names_its_post": (_token, {"post": None}),
    "office_is_not_its_own_superior": (_some(Office), {"superior": F("id")}),
    "post_is_not_its_own_superior": (_some(Post), {"superior": F("id")}),
    "post_does_not_stand_in_for_itself": (_some(Post), {"stand_in": F("id")}),
    "holding_ends_after_it_begins": (_some(Holding), {"to_on": EARLIER}),
    "leave_ends_after_it_begins": (_leave, {"to_on": EARLIER}),
    "place_level_is_known": (_some(Place, level="VILLAGE"), {"level": "PLANET"}),
    "place_county_alone_has_no_parent": (_some(Place, level="VILLAGE"), {"parent": None}),
    "place_lat_and_long_together": (_some(Place), {"lat": 34}),
    "place_is_not_its_own_parent": (_some(Place, level="VILLAGE"), {"parent": F("id")}),
    "resident_reach_is_known": (_resident, {"reach_by": "PIGEON"}),
    "resident_is_sealed": (_resident, {"name": _SealedText("王桂芳")}),
    "notice_is_sealed": (_notice, {"body": _SealedText("已收到。")}),
    "incoming_is_sealed": (_incoming, {"sender": _SealedText("wang@example.com")}),
    "notice_channel_is_known": (_notice, {"channel": "PIGEON"}),
    "notice_state_is_known": (_notice, {"state": "LOST", "sent_at": NOON}),
    "notice_delivered_was_reported": (_notice, {"state": "DELIVERED", "sent_at": NOON}),
    "notice_goes_to_one_person": (_notice, {"resident": None}),
    "notice_sent_knows_when": (_notice, {"state": "SENT"}),
}

# Rows of which there may be only one: constraint → (the row, what a second one has of its own).
ONCE = {
    "tally_key_slot": (_counted, lambda c, row: {}),
    "follow_up_one_open": (_follow_up, lambda c, row: {"rating": _rating(c)}),
    "appeal_each_round_once": (_appeal, lambda c, row: {}),
    "support_one_open_per_office": (_support, lambda c, row: {}),
    "attachment_once_a_matter": (_attachment, lambda c, row: {}),
    "delivery_once_an_endpoint": (_delivery, lambda c, row: {}),
    "partner_code_once_a_kind": (_code, lambda c, row: {}),
    "referral_once_a_partner": (_referral, lambda c, row: {"foreign_id": "18"}),
    "referral_foreign_id_once": (_referral, lambda c, row: {"matter": c.matter()}),
    "saved_view_name_once": (_view, lambda c, row: {}),
    "article_asked_once_an_office": (keep_article, lambda c, row: {"code": "another"}),
    "article_change_once_a_version": (_article_change, lambda c, row: {}),
    "time_rule_once_a_day": (_some(TimeRule), lambda c, row: {}),
    "route_once_a_day": (_some(Route), lambda c, row: {}),
    "question_code_once_a_kind": (_question, lambda c, row: {}),
    "answered_request_once": (_answered_request, lambda c, row: {}),
    "holding_post_has_one_open_holder": (_some(Holding), lambda c, row: {"official": c.officials["leader"]}),
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
