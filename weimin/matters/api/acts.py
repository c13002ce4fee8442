"""Every verb of the staff as one POST. Files stand in files.py, the hand-over of a desk in posts.py."""

from typing import TypeVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Kind, Urgency
from weimin.catalogue.queries import kind_by_code
from weimin.county.idempotency import Answered, kept_with
from weimin.county.models import Office, Place
from weimin.county.permissions import for_programs
from weimin.county.queries import place_by_code
from weimin.kernel import clock
from weimin.kernel.limits import Limit
from weimin.kernel.refusal import Refused

from .. import journey
from ..models import Partner
from ..permissions import matter_for
from ..states import Channel
from . import shapes
from .door import JSON, actor_of, etag_of, once, perform_on, sent
from .reading import router

M = TypeVar("M", bound=Model)


def by_code(model: type[M], code: str, field: str) -> M:
    """The thing of this code; Refused if there is none in use."""
    found = model._default_manager.filter(code=code).first()
    return _known(None if getattr(found, "retired_on", None) else found, code, field)


def _known(found: M | None, code: str, field: str) -> M:
    if found is None:
        raise Refused(f"UNKNOWN_{field.upper()}", _("没有这个代码：%(code)s") % {"code": code}, field=field)
    return found


def _receipt_of(receipt: journey.Receipt) -> Answered:
    matter = receipt.matter
    out = shapes.ReceiptOut.model_construct(  # of our own values, which need no check
        number=matter.number,
        pin=receipt.pin,
        state=matter.state,
        received_at=matter.received_at,
        due_at=matter.clock_due_at,
        provisional=matter.clock_provisional,
        owner=matter.taken_by.code,
    )
    headers = {"Location": f"/api/v1/matters/{matter.number}", "ETag": etag_of(matter)}
    return Answered(201, JSON, out.model_dump_json().encode(), headers)


@router.post("", response={201: shapes.ReceiptOut}, summary="Take in a matter")
@for_programs
def receive(request: HttpRequest, body: shapes.MatterIn) -> HttpResponse:
    def act() -> Answered:
        words = body.model_dump(exclude={"kind", "place", "channel"})
        draft = journey.Draft(
            **words,
            channel=Channel(body.channel),
            kind=_known(kind_by_code(body.kind), body.kind, "kind"),
            place=_known(place_by_code(body.place), body.place, "place"),
        )
        answers: list[Answered] = []

        def beside(receipt: journey.Receipt) -> Model | None:
            answers.append(_receipt_of(receipt))
            return kept_with(answers[0])

        journey.receive_matter(draft, by=actor_of(request), now=clock.now(), beside=beside)
        return answers[0]

    return sent(once(request, act, mostly_new=True))


@router.post("/{number}/classify", response=shapes.MatterOut)
@for_programs
def classify(request: HttpRequest, number: str, body: shapes.Classify) -> HttpResponse:
    return perform_on(
        request,
        number,
        lambda matter, by, now: journey.classify_matter(
            matter,
            kind=by_code(Kind, body.kind, "kind"),
            urgency=by_code(Urgency, body.urgency, "urgency") if body.urgency else None,
            place=by_code(Place, body.place, "place") if body.place else None,
            request=body.request,
            by=by,
            now=now,
        ),
    )


@router.post("/{number}/dispatch", response=shapes.MatterOut)
@for_programs
def dispatch(request: HttpRequest, number: str, body: shapes.Dispatch) -> HttpResponse:
    return perform_on(
        request,
        number,
        lambda matter, by, now: journey.dispatch_matter(
            matter,
            office=by_code(Office, body.office, "office"),
            supporting=[by_code(Office, code, "supporting") for code in body.supporting],
            words=body.words,
            by=by,
            now=now,
        ),
    )


@router.post("/{number}/accept", response=shapes.MatterOut)
@for_programs
def accept(request: HttpRequest, number: str) -> HttpResponse:
    return perform_on(request, number, lambda matter, by, now: journey.accept_matter(matter, by=by, now=now))


@router.post("/{number}/return", response=shapes.MatterOut)
@for_programs
def give_back(request: HttpRequest, number: str, body: shapes.Reason) -> HttpResponse:
    return perform_on(
        request, number, lambda matter, by, now: journey.return_matter(matter, reason=body.reason, by=by, now=now)
    )


@router.post("/{number}/contact", response=shapes.MatterOut)
@for_programs
def contact(request: HttpRequest, number: str, body: shapes.Contacted) -> HttpResponse:
    return perform_on(
        request,
        number,
        lambda matter, by, now: journey.contact_resident(matter, **body.model_dump(), by=by, now=now),
    )


@router.post("/{number}/note", response=shapes.MatterOut)
@for_programs
def note(request: HttpRequest, number: str, body: shapes.Note) -> HttpResponse:
    return perform_on(
        request, number, lambda matter, by, now: journey.add_note(matter, **body.model_dump(), by=by, now=now)
    )


@router.post("/{number}/ask-help", response=shapes.MatterOut)
@for_programs
def ask_for_help(request: HttpRequest, number: str, body: shapes.AskHelp) -> HttpResponse:
    return perform_on(
        request,
        number,
        lambda matter, by, now: journey.ask_for_help(
            matter, office=by_code(Office, body.office, "office"), words=body.words, by=by, now=now
        ),
    )


@router.post("/{number}/forward", response=shapes.MatterOut, summary="To another city's system too")
@for_programs
def forward(request: HttpRequest, number: str, body: shapes.Forward) -> HttpResponse:
    return perform_on(
        request,
        number,
        lambda matter, by, now: journey.forward_matter(
            matter,
            partner=_known(Partner.objects.filter(name=body.partner).first(), body.partner, "partner"),
            service_code=body.service_code,
            words=body.words,
            by=by,
            now=now,
        ),
    )


@router.post("/{number}/support", response=shapes.MatterOut)
@for_programs
def support(request: HttpRequest, number: str, body: shapes.Report) -> HttpResponse:
    return perform_on(
        request, number, lambda matter, by, now: journey.report_support(matter, report=body.report, by=by, now=now)
    )


@router.post("/{number}/pause", response=shapes.MatterOut)
@for_programs
def pause(request: HttpRequest, number: str, body: shapes.PauseIn) -> HttpResponse:
    return perform_on(
        request,
        number,
        lambda matter, by, now: journey.pause_matter(
            matter, reason=body.reason, words=body.words, limit=Limit.parse(body.limit), by=by, now=now
        ),
    )


@router.post("/{number}/resume", response=shapes.MatterOut)
@for_programs
def resume(request: HttpRequest, number: str, body: shapes.Resume) -> HttpResponse:
    return perform_on(
        request, number, lambda matter, by, now: journey.resume_matter(matter, words=body.words, by=by, now=now)
    )


@router.post("/{number}/extend", response=shapes.MatterOut)
@for_programs
def extend(request: HttpRequest, number: str, body: shapes.Extend) -> HttpResponse:
    limit = Limit.parse(body.limit) if body.limit else None
    return perform_on(
        request,
        number,
        lambda matter, by, now: journey.extend_matter(matter, reason=body.reason, limit=limit, by=by, now=now),
    )


@router.post("/{number}/answer", response=shapes.MatterOut)
@for_programs
def reply(request: HttpRequest, number: str, body: shapes.AnswerIn) -> HttpResponse:
    parts = journey.Reply(**body.model_dump())
    return perform_on(
        request, number, lambda matter, by, now: journey.answer_matter(matter, reply=parts, by=by, now=now)
    )


@router.post("/{number}/refuse", response=shapes.MatterOut)
@for_programs
def refuse(request: HttpRequest, number: str, body: shapes.AnswerIn) -> HttpResponse:
    parts = journey.Reply(**body.model_dump())
    return perform_on(
        request, number, lambda matter, by, now: journey.refuse_matter(matter, reply=parts, by=by, now=now)
    )


@router.post("/{number}/keep-promise", response=shapes.MatterOut)
@for_programs
def keep_promise(request: HttpRequest, number: str, body: shapes.Kept) -> HttpResponse:
    return perform_on(
        request, number, lambda matter, by, now: journey.keep_promise(matter, words=body.words, by=by, now=now)
    )


@router.post("/{number}/merge", response=shapes.MatterOut)
@for_programs
def merge(request: HttpRequest, number: str, body: shapes.Merge) -> HttpResponse:
    return perform_on(
        request,
        number,
        lambda matter, by, now: journey.merge_matter(
            matter, main=matter_for(by, body.main), reason=body.reason, by=by, now=now
        ),
    )


@router.post("/{number}/split", response=shapes.MatterOut)
@for_programs
def split(request: HttpRequest, number: str, body: shapes.Reason) -> HttpResponse:
    return perform_on(
        request, number, lambda matter, by, now: journey.split_matter(matter, reason=body.reason, by=by, now=now)
    )


@router.post("/{number}/call-back", response=shapes.MatterOut)
@for_programs
def call_back(request: HttpRequest, number: str, body: shapes.CallBack) -> HttpResponse:
    return perform_on(
        request, number, lambda matter, by, now: journey.call_back(matter, **body.model_dump(), by=by, now=now)
    )


@router.post("/{number}/publish", response=shapes.MatterOut)
@for_programs
def publish(request: HttpRequest, number: str, body: shapes.Publish) -> HttpResponse:
    return perform_on(
        request, number, lambda matter, by, now: journey.publish_matter(matter, **body.model_dump(), by=by, now=now)
    )


@router.post("/{number}/unpublish", response=shapes.MatterOut)
@for_programs
def unpublish(request: HttpRequest, number: str, body: shapes.Reason) -> HttpResponse:
    return perform_on(
        request, number, lambda matter, by, now: journey.unpublish_matter(matter, reason=body.reason, by=by, now=now)
    )


@router.post("/{number}/close", response=shapes.MatterOut)
@for_programs
def close(request: HttpRequest, number: str, body: shapes.Reason) -> HttpResponse:
    return perform_on(
        request, number, lambda matter, by, now: journey.close_matter(matter, reason=body.reason, by=by, now=now)
    )


@router.post("/{number}/decide", response=shapes.MatterOut)
@for_programs
def decide(request: HttpRequest, number: str, body: shapes.Decide) -> HttpResponse:
    return perform_on(
        request, number, lambda matter, by, now: journey.decide_appeal(matter, **body.model_dump(), by=by, now=now)
    )
