"""What stands behind every address of the matrix: a county with real rows, and for each address the matter, the gaps
and the body with which the right duty would succeed.

An address that is missing in DOORS is knocked at with nothing in hand: enough where there is nothing to find and
nothing to send. A new one that needs a row or a body gets one line there, and a stage in STAGES if no matter stands as
it needs.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from allauth.mfa.models import Authenticator
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.cast import LONG_AGO, NOON, REPLY, Cast
from tests.catalogue.knowing import keep as keep_article
from tests.staff import BACKEND
from tests.web.doors_by_hand import letter_aside, notice_by_phone
from tests.web.doors_settings import SETTINGS, partner
from weimin.catalogue.models import Article, Service
from weimin.county.actors import IMPORT, RESIDENT
from weimin.county.models import Account, ApiToken, Holding, Official, Post
from weimin.county.services import issue_token
from weimin.kernel.chosen import current_code
from weimin.matters import journey, numbering, uploads
from weimin.matters.models import Attachment, Matter, SavedView
from weimin.matters.states import State

PIN = "123456"


# --- the county -----------------------------------------------------------------------------------------------------


@dataclass
class World:
    """The small cast, one matter for each stage by name, a photo, a service; and who knocks."""

    cast: Cast
    matters: dict[str, Matter] = field(default_factory=dict)
    photo: Attachment | None = None
    view: SavedView | None = None
    cookie: str = ""
    key: str = ""

    def number(self, stage: str) -> str:
        return self.matters[stage].number


def world(cast: Cast) -> World:
    """Everything a knock can be about. Each stage is reached by the verbs, in the water office unless it says so."""
    made = World(cast)
    for stage, build in STAGES.items():
        made.matters[stage] = build(cast)
    stored = uploads.store(photo_file(), name="漏水.png")
    journey.add_note(made.matters["HANDLED"], words="照片", uploads=(stored,), by=RESIDENT, now=NOON)
    made.photo = Attachment.objects.get()
    for matter in made.matters.values():
        digest = numbering.pin_digest(matter.number, PIN)
        Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=digest)
    _service(cast)
    Article.objects.filter(pk=keep_article(cast).pk).update(code="WATER-OUT")
    return made


def photo_file() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "blue").save(out, "PNG")
    return SimpleUploadedFile("漏水.png", out.getvalue(), content_type="image/png")


def _helped(cast: Cast) -> Matter:
    """Led by the roads office, with the water office asked to help."""
    matter, offices = cast.matter(State.CLASSIFIED), cast.offices
    return journey.dispatch_matter(matter, office=offices["ROADS"], supporting=[offices["WATER"]], by=cast.li, now=NOON)


def _elsewhere(cast: Cast) -> Matter:
    """Answered by the roads office: others may call back and review."""
    matter = journey.accept_matter(_helped(cast), by=cast.roads, now=NOON)
    journey.answer_matter(matter, reply=REPLY, by=cast.roads, now=NOON)
    return matter


def _appealed_elsewhere(cast: Cast) -> Matter:
    matter = _elsewhere(cast)
    journey.appeal_matter(matter, words="水还是浑的。", by=RESIDENT, now=NOON)
    return matter


def _promised(cast: Cast) -> Matter:
    matter = cast.matter(State.HANDLED)
    promise = {"promise": "换好主管道", "promise_due_on": NOON.date()}
    journey.answer_matter(matter, reply=journey.Reply(**(vars(REPLY) | promise)), by=cast.sun, now=NOON)
    return matter


def _at(state: State) -> Callable[[Cast], Matter]:
    return lambda cast: cast.matter(state)


_PLAIN = (State.RECEIVED, State.CLASSIFIED, State.DISPATCHED, State.HANDLED, State.PAUSED, State.ANSWERED, State.RATED,
          State.PUBLISHED, State.MERGED)  # fmt: skip
STAGES: dict[str, Callable[[Cast], Matter]] = {str(state): _at(state) for state in _PLAIN} | {
    "HELPED": _helped, "ELSEWHERE": _elsewhere, "APPEALED_ELSEWHERE": _appealed_elsewhere, "PROMISED": _promised,
}  # fmt: skip


def _service(cast: Cast) -> None:
    text = dict.fromkeys(
        ("name_zh", "name_en", "theme_zh", "theme_en", "basis", "fee_zh", "fee_en", "where_zh", "where_en", "hours_zh",
         "phone", "complain_zh", "complain_en", "remedy_zh"), "水"
    )  # fmt: skip
    Service.objects.create(
        code="WATER-NEW", type="PUBLIC", office=cast.offices["WATER"], visits=0, valid_from=LONG_AGO,
        legal_amount=5, legal_unit="W", promised_amount=3, promised_unit="W", **text,
    )  # fmt: skip


# --- who knocks -----------------------------------------------------------------------------------------------------


def enter(here: World, role: str) -> None:
    """The cookie and the key with which this role comes to every door. All hold a draft; only the resident a photo."""
    client = Client()
    if role == "resident":
        for matter in here.matters.values():
            client.post("/follow/", {"number": matter.number, "pin": PIN})
    elif role != "anonymous":
        account, here.key = _one_duty(here.cast, role)
        here.view = SavedView.objects.create(official=account.official, name="停水", query="queue=all")
        client.force_login(account, backend=BACKEND)
    session, photo = client.session, here.photo
    assert photo is not None
    kept = {name: getattr(photo, name) for name in ("sha256", "media_type", "size", "name", "width", "height")}
    session["matter_draft"] = {
        "key": "k", "files": [kept] if role == "resident" else [], "text": "停水", "request": "HELP",
        "kind": "WATER-OUT", "place": "990101101201", "identity": "ANONYMOUS",
    }  # fmt: skip
    session.save()
    here.cookie = session.session_key


def _one_duty(cast: Cast, duty: str) -> tuple[Account, str]:
    """An official over the whole county with this duty and no other, in the office that handles, above who handles."""
    post = Post.objects.create(
        code=f"ONE-{duty}", name_zh="岗位", name_en="Post", office=cast.offices["WATER"], duties=[duty],
        covers=cast.places["county"],
    )  # fmt: skip
    Post.objects.filter(code="WATER-02").update(superior=post)
    account = Account.objects.create_user(username=f"only-{duty}".lower())
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={})
    official = Official.objects.create(account=account, name_zh="何人", name_en="Somebody")
    Holding.objects.create(official=official, post=post, from_on=LONG_AGO)
    _token, key = issue_token(
        name=duty, use=ApiToken.Use.REST, post=post, duties=[duty], by=IMPORT, now=NOON, per_minute=100_000
    )
    return account, key


# --- what is sent ---------------------------------------------------------------------------------------------------

Sent = dict[str, Any] | Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Door:
    """The matter an address is about, what fills its other gaps, and what is sent to it."""

    stage: str = "HANDLED"
    sent: Sent = field(default_factory=dict)
    gaps: Sent = field(default_factory=dict)


_REPLY = {"facts": "修好了", "reasons": "老化", "rule": "条例", "appeal_route": "县信访局"}
_PUBLIC = {"title": "停水", "asked": "停水两天", "done": "已修好"}
_WHY = {"reason": "理由"}
_PHOTO: Sent = lambda here: {"pk": here.photo.pk}  # noqa: E731
_ARTICLE = {"version": "1", "title_zh": "停水了怎么办？", "answer_zh": "先看阀门。", "source_zh": "条例",
            "office": "WATER", "valid_until": "2027-09-29"}  # fmt: skip
_SERVICE = {"kind": "WATER-OUT", "place": "990101101201", "text": "停水两天"}

# verb → stage, what the desk sends, what a program sends
VERBS: dict[str, tuple[str, Sent, Sent]] = {
    "classify": ("RECEIVED", {"kind": "WATER-OUT", "place": "990101101201", "request": "HELP"}, {"kind": "WATER-OUT"}),
    "dispatch": ("CLASSIFIED", lambda here: {"office": here.cast.offices["WATER"].pk}, {"office": "WATER"}),
    "accept": ("DISPATCHED", {}, {}),
    "return": ("DISPATCHED", _WHY, _WHY),
    "contact": ("HANDLED", {"at": "2026-09-29T12:00", "channel": "PHONE", "outcome": "REACHED"},
                {"at": NOON.isoformat(), "outcome": "REACHED"}),
    "answer": ("HANDLED", _REPLY, _REPLY),
    "ask-help": ("HANDLED", lambda here: {"office": here.cast.offices["ROADS"].pk, "words": "请恢复路面"},
                 {"office": "ROADS", "words": "请恢复路面"}),
    "support": ("HELPED", {"report": "路面已恢复"}, {"report": "路面已恢复"}),
    "pause": ("HANDLED", {"days": "3", "reason": "TESTING", "words": "送检"},
              {"limit": "3W", "reason": "TESTING", "words": "送检"}),
    "resume": ("PAUSED", {}, {}),
    "extend": ("HANDLED", {"days": "3", **_WHY}, _WHY),
    "keep-promise": ("PROMISED", {"words": "换好了"}, {"words": "换好了"}),
    "call-back": ("ELSEWHERE", {"reached": "yes", "resolved": "YES", "satisfied": "yes"},
                  {"reached": True, "resolved": "YES", "satisfied": True}),
    "publish": ("RATED", _PUBLIC, _PUBLIC),
    "unpublish": ("PUBLISHED", _WHY, _WHY),
    "close": ("RATED", _WHY, _WHY),
    "merge": ("RECEIVED", *[lambda here: {"main": here.number("HANDLED"), **_WHY}] * 2),
    "split": ("MERGED", _WHY, _WHY),
    "refuse": ("CLASSIFIED", _REPLY, _REPLY),
    "decide": ("APPEALED_ELSEWHERE", *[{"outcome": "UPHELD", "facts": "属实", "reasons": "得当", "rule": "条例"}] * 2),
    "note": ("HANDLED", {"words": "去看过"}, {"words": "去看过"}),
}  # fmt: skip
_NAMES_BY_REST = {"return": "give_back", "answer": "reply", "ask-help": "ask_for_help"}

DOORS: dict[str, Door] = {
    "set_language": Door(sent={"language": "en"}),
    "catalogue:service": Door(gaps={"code": "WATER-NEW"}),
    "catalogue:desk_new_article": Door(sent=_ARTICLE),
    "catalogue:desk_article": Door(sent=_ARTICLE),
    "catalogue:desk_confirm_article": Door(sent={"version": "1", "valid_until": "2027-09-29"}),
    "catalogue:desk_retire_article": Door(sent={"version": "1", "reason": "并入另一条"}),
    "matters:file": Door(sent={"text": "停水", "request": "HELP"}),
    "matters:file_kind": Door(sent={"kind": "WATER-OUT"}),
    "matters:file_where": Door(sent={"place": "990101101201"}),
    "matters:file_reach": Door(sent={"identity": "ANONYMOUS", "reach_by": "PHONE"}),
    "matters:file_check": Door(sent={"key": "k"}),
    "matters:draft_photo": Door(gaps=lambda here: {"sha256": here.photo.sha256}),
    "matters:desk_letter_handled": Door(gaps=letter_aside),
    "matters:desk_tell": Door(sent={"outcome": "DONE"}, gaps=notice_by_phone),
    "matters:desk_forward": Door(sent=lambda here: {"to": partner(here).codes.get().pk, "words": "路面有坑"}),
    "api:forward": Door(sent=lambda here: {
        "partner": partner(here).name, "service_code": partner(here).codes.get().service_code, "words": "路面有坑"}),
    "matters:follow": Door(sent=lambda here: {"number": here.number("HANDLED"), "pin": PIN}),
    "matters:my_add": Door(sent={"words": "井边也漏"}),
    "matters:my_rate": Door("ANSWERED", {"resolved": "YES", "grade": "5"}),
    "matters:my_reopen": Door("ANSWERED", {"reason": "又漏了"}),
    "matters:my_appeal": Door("ANSWERED", {"words": "没有说清楚"}),
    "matters:my_withdraw": Door("RECEIVED", {"reason": ""}),
    "matters:attachment": Door(gaps=_PHOTO),
    "matters:published": Door("PUBLISHED"),
    "matters:open311_requests": Door(
        sent=lambda here: {"api_key": here.key, "service_code": "WATER-OUT", "address_string": "村东头"}
    ),
    "matters:open311_updates": Door(
        sent=lambda here: {"api_key": here.key, "service_request_id": here.number("HANDLED"), "description": "又停了"}
    ),
    "matters:open311_token": Door(
        gaps=lambda here: {"token": signing.dumps(here.number("HANDLED"), salt=f"open311.token:{current_code()}")}
    ),
    "matters:desk_dispatch_many": Door(
        sent=lambda here: {"office": here.cast.offices["WATER"].pk, "number": [here.number("CLASSIFIED")]}
    ),
    "matters:desk_keep_view": Door(sent={"query": "queue=mine", "name": "我的"}),
    "matters:desk_drop_view": Door(gaps=lambda here: {"pk": here.view.pk if here.view else 1}),
    "matters:desk_new": Door(
        sent=_SERVICE | {"once": "k", "channel": "PHONE", "identity": "ANONYMOUS", "request": "HELP",
                          "reach_by": "PHONE"}
    ),
    "matters:find_likely": Door(sent=_SERVICE),
    "matters:desk_hand_over": Door(
        sent=lambda here: {**_WHY, "giver": here.cast.posts["WATER-02"].pk, "receiver": here.cast.posts["WATER-01"].pk}
    ),
    "matters:desk_attachment": Door(gaps=_PHOTO),
    "api:list_matters": Door(sent=_SERVICE),
    "api:receive": Door(sent=_SERVICE),
    "api:add_files": Door(sent=lambda here: {"files": [photo_file()], "words": "照片"}),
    "api:one_file": Door(gaps=_PHOTO),
    "api:list_questions": Door(gaps={"code": "WATER-OUT"}),
    "api:one_story": Door("PUBLISHED"),
    "api:hand_over": Door(sent={"receiver": "WATER-01", **_WHY}, gaps={"code": "WATER-02"}),
} | {f"matters:desk_{verb.replace('-', '_')}": Door(stage, desk) for verb, (stage, desk, _) in VERBS.items()} | {
    f"api:{_NAMES_BY_REST.get(verb, verb.replace('-', '_'))}": Door(stage, rest)
    for verb, (stage, _, rest) in VERBS.items()
} | {f"web:{name}": Door(sent=sent, gaps=gaps) for name, (sent, gaps) in SETTINGS.items()}  # fmt: skip


def found(here: World, given: Sent) -> dict[str, Any]:
    return given(here) if callable(given) else given
