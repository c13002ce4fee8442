"""One good row of each table that has a constraint, for test_constraints.py to spoil."""

from tests.cast import LONG_AGO, NOON
from tests.catalogue.knowing import keep as keep_article
from weimin.catalogue.models import Question, Service
from weimin.county.actors import IMPORT, RESIDENT
from weimin.county.models import AnsweredRequest, ApiToken, Leave
from weimin.county.services import issue_token
from weimin.matters import journey
from weimin.matters.models import Answer, Appeal, Attachment, FollowUp, Rating, SavedView, Support, Tally
from weimin.matters.models.letters import Incoming, MailFolder
from weimin.matters.models.partners import Partner, PartnerCode, Referral
from weimin.matters.models.search import IndexPart, IndexRow
from weimin.matters.states import ContactOutcome, Grade, Resolved, State
from weimin.notices.models import Notice
from weimin.web.models import Run
from weimin.webhooks.models import Delivery, Endpoint


def matter(cast):
    return cast.matter(State.RECEIVED)


def article_change(cast):
    return keep_article(cast).changes.get()


def contact(cast):
    return journey.contact_resident(
        cast.matter(), at=NOON, channel="PHONE", outcome=ContactOutcome.REACHED, words="", by=cast.li, now=NOON
    )


def incoming(cast):
    return Incoming.objects.create(message_id="a1@b.example", fate="MATTER", matter=cast.matter(), at=NOON)


def mail_folder(cast):
    return MailFolder.objects.create(name="county/INBOX", validity=1, uid=7)


def run(cast):
    return Run.objects.create(job="deliver", good_at=NOON)


def rating(cast):
    return Rating.objects.get(matter=cast.matter(State.RATED))


def follow_up(cast):
    matter = cast.matter(State.ANSWERED)
    journey.rate_matter(matter, grade=Grade.DISSATISFIED, resolved=Resolved.NO, by=RESIDENT, now=NOON)
    return FollowUp.objects.get(matter=matter)


def index_row(cast):
    part = IndexPart.objects.create(matters=1, keys=b"")
    return IndexRow.objects.create(part=part, first=1, held=1, body=b"")


def answer(cast):
    return Answer.objects.get(matter=cast.matter(State.ANSWERED))


def callback(cast):
    return journey.call_back(cast.matter(State.ANSWERED), reached=False, by=cast.caller, now=NOON)


def appeal(cast):
    return Appeal.objects.get(matter=cast.matter(State.APPEALED))


def support(cast):
    matter = cast.matter(State.CLASSIFIED)
    offices = cast.offices
    journey.dispatch_matter(matter, office=offices["WATER"], supporting=[offices["ROADS"]], by=cast.li, now=NOON)
    return Support.objects.get(matter=matter)


def attachment(cast):
    return Attachment.objects.create(
        matter=cast.matter(),
        sha256="a" * 64,
        media_type="image/jpeg",
        size=1,
        name="a.jpg",
        by_kind="resident",
        at=NOON,
    )


def token(cast):
    token, _raw = issue_token(
        name="接口", use=ApiToken.Use.REST, post=cast.posts["QS-01"], duties=[], by=IMPORT, now=NOON
    )
    return token


def service(cast):
    return Service.objects.create(
        code="S-1", type="PUBLIC", office=cast.offices["WATER"], legal_amount=20, legal_unit="W", promised_amount=5,
        promised_unit="W", visits=0, valid_from=LONG_AGO,
    )  # fmt: skip


def question(cast):
    return Question.objects.create(
        kind=cast.kinds["WATER-OUT"], code="since", text_zh="从何时起", text_en="Since when", datatype="string"
    )


def answered_request(cast):
    return AnsweredRequest.objects.create(
        scope="s", key="k", payload_digest="d", status=201, content_type="text/plain", body="", answered_at=NOON
    )


def leave(cast):
    return Leave.objects.create(official=cast.officials["sun"], from_on=LONG_AGO, to_on=LONG_AGO)


def view(cast):
    return SavedView.objects.create(official=cast.officials["sun"], name="超期", query="queue=overdue")


def resident(cast):
    return cast.matter().resident


def notice(cast):
    return Notice.objects.filter(about=f"matter:{cast.matter().number}").get()


def counted(cast):
    cast.matter()
    return Tally.objects.first()


def partner(cast):
    return Partner.objects.create(
        name="清河市", url="https://qinghe.example/open311/v2/", created_at=NOON, taken_until=NOON, heard_until=NOON
    )


def code(cast):
    return PartnerCode.objects.create(partner=partner(cast), service_code="W", kind=cast.kinds["WATER-OUT"], since=NOON)


def referral(cast):
    return Referral.objects.create(
        partner=partner(cast),
        matter=cast.matter(),
        stage="SENT",
        foreign_id="17",
        service_code="W",
        next_at=NOON,
        made_at=NOON,
    )


def endpoint(cast):
    return Endpoint.objects.create(name="县大屏", url="https://screen.example/in", secret="whsec_x", created_at=NOON)


def delivery(cast):
    return Delivery.objects.create(
        endpoint=endpoint(cast), message_id="m1", what="matter.received", body="{}", at=NOON, next_at=NOON
    )


def some(model, **which):
    return lambda cast: model.objects.filter(**which).first()
