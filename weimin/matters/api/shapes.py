"""The shapes REST v1 takes and gives."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Schema

from weimin.households.models import Resident

from ..clocks import why_this_date
from ..models import Appeal, Event, Matter
from ..states import Channel, ContactOutcome, Identity, PauseReason, Request, Resolved

Words = Annotated[str, Field(min_length=1, max_length=4000)]
Short = Annotated[str, Field(max_length=300)]
Code = Annotated[str, Field(min_length=1, max_length=40)]
LimitText = Annotated[str, Field(pattern=r"^[0-9]{1,4}(WH|W|N|H)$", examples=["5W"])]


class MatterIn(Schema):
    text: Words
    kind: Code
    place: Code
    request: Request = Request.HELP
    channel: Channel = Channel.API
    title: str = Field("", max_length=80)
    identity: Identity = Identity.HANDLER
    address: str = Field("", max_length=200)
    lat: Decimal | None = Field(None, ge=-90, le=90)
    long: Decimal | None = Field(None, ge=-180, le=180)
    details: dict[str, str | list[str]] = Field(default_factory=dict)
    name: str = Field("", max_length=60)
    phone: str = Field("", max_length=30)
    email: str = Field("", max_length=254)
    contact_address: str = Field("", max_length=200)
    reach_by: Resident.Reach = Resident.Reach.PHONE
    language: str = Field("zh-hans", pattern="^(zh-hans|en)$")


class ReceiptOut(Schema):
    number: str
    pin: str
    state: str
    received_at: datetime
    due_at: datetime
    provisional: bool
    owner: str


class ClockOut(Schema):
    clock: str
    started_at: datetime
    limit: str
    extension: str
    due_at: datetime
    provisional: bool
    explanation: dict[str, list[str]]


class MatterOut(Schema):
    number: str
    version: int
    state: str
    state_name: str
    request: str
    channel: str
    kind: str
    urgency: str
    place: str
    title: str
    received_at: datetime
    changed_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    owner: str | None
    lead: str | None
    returns: int
    reopened: int
    merged_into: str | None


class EventOut(Schema):
    act: str
    at: datetime
    by: str
    post: str | None
    from_state: str
    to_state: str
    words: str
    data: dict[str, Any]
    internal: bool


class MatterDetail(MatterOut):
    text: str
    details: dict[str, Any]
    address: str
    clock: ClockOut | None
    timeline: list[EventOut]
    contact: dict[str, str] | None


class MatterPage(Schema):
    items: list[MatterOut]
    next: str | None


class Classify(Schema):
    kind: Code
    urgency: Code | None = None
    place: Code | None = None
    request: Request | None = None


class Dispatch(Schema):
    office: Code
    supporting: list[Code] = Field(default_factory=list, max_length=20)
    words: str = Field("", max_length=1000)


class Reason(Schema):
    reason: Words


class Contacted(Schema):
    at: datetime
    channel: str = Field("PHONE", max_length=8)
    outcome: ContactOutcome
    words: str = Field("", max_length=1000)


class Note(Schema):
    words: Words
    internal: bool = False


class Report(Schema):
    report: Words


class PauseIn(Schema):
    reason: PauseReason
    words: Words
    limit: LimitText


class Resume(Schema):
    words: str = Field("", max_length=1000)


class Extend(Schema):
    reason: Words
    limit: LimitText | None = None


class AnswerIn(Schema):
    facts: Words
    reasons: Words
    rule: Short
    appeal_route: Short
    promise: Short = ""
    promise_due_on: date | None = None


class Merge(Schema):
    main: Code
    reason: Words


class CallBack(Schema):
    reached: bool
    resolved: Resolved | None = None
    satisfied: bool | None = None
    words: str = Field("", max_length=1000)


class Publish(Schema):
    title: str = Field(min_length=1, max_length=80)
    asked: str = Field(min_length=1, max_length=2000)
    done: str = Field(min_length=1, max_length=2000)


class Decide(Schema):
    outcome: Appeal.Outcome
    facts: Words
    reasons: Words
    rule: Short


def matter_out(matter: Matter) -> dict[str, Any]:
    return {
        "number": matter.number,
        "version": matter.version,
        "state": matter.state,
        "state_name": matter.get_state_display(),
        "request": matter.request,
        "channel": matter.channel,
        "kind": matter.kind.code,
        "urgency": matter.urgency.code,
        "place": matter.place_code,
        "title": matter.title,
        "received_at": matter.received_at,
        "changed_at": matter.changed_at,
        "answered_at": matter.answered_at,
        "closed_at": matter.closed_at,
        "due_at": matter.clock_due_at,
        "owner": matter.owner.code if matter.owner else None,
        "lead": matter.lead.code if matter.lead else None,
        "returns": matter.returns,
        "reopened": matter.reopened,
        "merged_into": matter.merged_into.number if matter.merged_into else None,
    }


def clock_out(matter: Matter) -> dict[str, Any] | None:
    if not matter.clock:
        return None
    return {
        "clock": matter.clock,
        "started_at": matter.clock_started_at,
        "limit": matter.clock_limit,
        "extension": matter.clock_extension,
        "due_at": matter.clock_due_at,
        "provisional": matter.clock_provisional,
        "explanation": {"zh": why_this_date(matter, "zh-hans"), "en": why_this_date(matter, "en")},
    }


def event_out(event: Event) -> dict[str, Any]:
    return {
        "act": event.act,
        "at": event.at,
        "by": event.by_kind,
        "post": event.post.code if event.post else None,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "words": event.words,
        "data": event.data,
        "internal": event.internal,
    }
