"""The shapes REST v1 takes and gives."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from ninja import Field, Schema
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from weimin.households.models import Resident

from ..models import Appeal
from ..states import ContactOutcome, Identity, PauseReason, Request, Resolved

Words = Annotated[str, Field(min_length=1, max_length=4000)]
Short = Annotated[str, Field(max_length=300)]
# no control characters: PostgreSQL keeps no NUL, and a code holds none
PLAIN = r"^[^\x00-\x1f\x7f]*$"
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=PLAIN)]
Value = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Values = Annotated[list[Value], Field(max_length=30)]
Lat = Annotated[Decimal, Field(ge=-90, le=90), AfterValidator(lambda degrees: round(degrees, 6))]
Long = Annotated[Decimal, Field(ge=-180, le=180), AfterValidator(lambda degrees: round(degrees, 6))]  # 0.1 m
LimitText = Annotated[str, Field(pattern=r"^[0-9]{1,4}(WH|W|N|H)$", examples=["5W"])]


class Sent(BaseModel):
    """What a program sends. A misspelt field is told, not passed over.

    Not ninja's Schema: that checks twice, and the second time asks for each field as if a row had been sent.
    """

    model_config = ConfigDict(extra="forbid")


class MatterIn(Sent):
    text: Words
    kind: Code
    place: Code
    request: Request = Request.HELP
    channel: Literal["API", "PHONE", "COUNTER", "VISIT", "MEETING", "MESSAGE"] = "API"
    title: str = Field("", max_length=80)
    identity: Identity = Identity.HANDLER
    address: str = Field("", max_length=200)
    lat: Lat | None = None
    long: Long | None = None
    details: dict[Code, Value | Values] = Field(default_factory=dict, max_length=30)
    name: str = Field("", max_length=60)
    phone: str = Field("", max_length=30)
    email: str = Field("", max_length=254)
    contact_address: str = Field("", max_length=200)
    reach_by: Resident.Reach = Resident.Reach.PHONE
    language: Literal["zh-hans", "en"] = "zh-hans"

    @model_validator(mode="after")
    def position_has_two_parts(self) -> Self:
        if (self.lat is None) != (self.long is None):
            raise PydanticCustomError("half_a_position", "lat and long come together")
        return self


class ReceiptOut(Schema):
    number: str
    pin: str
    state: str
    received_at: datetime
    due_at: datetime | None
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


class FileOut(Schema):
    id: int
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    sha256: str
    by: str
    at: datetime
    internal: bool


class FilesAdded(Schema):
    number: str
    version: int
    files: list[FileOut]


class MatterDetail(MatterOut):
    text: str
    details: dict[str, Any]
    address: str
    clock: ClockOut | None
    timeline: list[EventOut]
    files: list[FileOut]
    contact: dict[str, str] | None


class MatterPage(Schema):
    items: list[MatterOut]
    next: str | None


class Classify(Sent):
    kind: Code
    urgency: Code | None = None
    place: Code | None = None
    request: Request | None = None


class Dispatch(Sent):
    office: Code
    supporting: list[Code] = Field(default_factory=list, max_length=20)
    words: str = Field("", max_length=1000)


class Reason(Sent):
    reason: Words


class Contacted(Sent):
    at: AwareDatetime
    channel: Literal["PHONE", "VISIT", "MESSAGE"] = "PHONE"
    outcome: ContactOutcome
    words: str = Field("", max_length=1000)


class Note(Sent):
    words: Words
    internal: bool = False


class AskHelp(Sent):
    office: Code
    words: Words


class Forward(Sent):
    partner: str = Field(max_length=60, description="name of the other system, as the settings have it")
    service_code: str = Field(min_length=1, max_length=60, description="the other system's own code")
    words: Words = Field(description="what is sent; nothing else of the resident goes along")


class Beside(Sent):
    """What is said beside files."""

    words: str = Field("", max_length=2000)
    internal: bool = False


class Kept(Sent):
    words: Words


class Report(Sent):
    report: Words


class PauseIn(Sent):
    reason: PauseReason
    words: Words
    limit: LimitText


class Resume(Sent):
    words: str = Field("", max_length=1000)


class Extend(Sent):
    reason: Words
    limit: LimitText | None = None


class AnswerIn(Sent):
    facts: Words
    reasons: Words
    rule: Short
    appeal_route: Short
    promise: Short = ""
    promise_due_on: date | None = None


class Merge(Sent):
    main: Code
    reason: Words


class CallBack(Sent):
    reached: bool
    resolved: Resolved | None = None
    satisfied: bool | None = None
    words: str = Field("", max_length=1000)


class Publish(Sent):
    title: str = Field(min_length=1, max_length=80)
    asked: str = Field(min_length=1, max_length=2000)
    done: str = Field(min_length=1, max_length=2000)


class Decide(Sent):
    outcome: Appeal.Outcome
    facts: Words
    reasons: Words
    rule: Short


class HandOver(Sent):
    receiver: Code = Field(description="code of the post that takes over")
    reason: Words


class HandedOver(Schema):
    numbers: list[str]


class StoryOut(Schema):
    number: str
    request: str
    kind: str
    place: str
    office: str | None
    title: str
    asked: str
    done: str
    received_on: date
    answered_on: date
    grade: int | None
    resolved: str
    published_at: datetime


class StoryPage(Schema):
    items: list[StoryOut]
    next: str | None
