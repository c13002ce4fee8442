"""What the pictures show: the cast's county with a week of matters in it, and every page worth looking at."""

from dataclasses import dataclass

from tests.cast import NOON, REPLY, Cast
from weimin.catalogue.models import AnswerTemplate, Service, TimeRule, TriageModel, Urgency
from weimin.catalogue.seeds import read_seed
from weimin.county.actors import RESIDENT
from weimin.county.models import Post
from weimin.matters import journey, numbering
from weimin.matters.models import Guess, Matter
from weimin.matters.states import ContactOutcome, Grade, Identity, Resolved, State

PIN = "123456"
POSTS = {
    "LEAD-01": ("值班县领导", "Duty leader"),
    "WATER-01": ("局长", "Director"),
    "WATER-02": ("供水股", "Water supply"),
    "ROADS-01": ("养护股", "Road care"),
    "QS-01": ("便民窗口", "Front desk"),
    "HALL-03": ("公开岗", "Publisher"),
}
URGENCIES = {
    "LIFE": ("危及生命财产", "Danger to life or property"),
    "UTILITY": ("水电气暖", "Water, power, gas, heat"),
    "ORDINARY": ("一般事项", "Ordinary"),
    "COMPLEX": ("复杂事项", "Complex"),
}
STORIES = [
    ("河边路灯下的路面坑很深，晚上骑车摔过人。", "ROADS-HOLE", "dawan",
     "大湾桥头路面坑洞", "反映桥头路面有深坑。", "当天设了围挡，三天后补平。"),
    ("水龙头出来的水发黄，有铁锈味。", "WATER-OUT", "qingshi",
     "青石村自来水发黄", "反映自来水发黄。", "冲洗管道，更换一段旧管，水质检验合格。"),
    ("半夜停水没有通知，早上做不了饭。", "WATER-OUT", "qingxi",
     "清溪村夜间停水未通知", "反映夜间停水没有提前通知。", "查明为临时抢修；以后停水前由村广播通知。"),
]  # fmt: skip


@dataclass
class Shown:
    """The matters that pages are opened with, by where they stand."""

    received: Matter
    classified: Matter
    handled: Matter
    answered: Matter
    rated: Matter
    published: Matter


def give_names(cast: Cast) -> None:
    """The names a county would give, where the cast has codes."""
    for code, (zh, en) in POSTS.items():
        Post.objects.filter(code=code).update(name_zh=zh, name_en=en)
    for code, (zh, en) in URGENCIES.items():
        Urgency.objects.filter(code=code).update(name_zh=zh, name_en=en)

    for row in read_seed().time_rules:
        TimeRule.objects.filter(code=row["code"]).update(name_zh=row["name_zh"], name_en=row["name_en"])


def give_services(cast: Cast) -> None:
    """The first theme of the services that are shipped, in the hands of the cast's duty office."""
    ours = {field.name for field in Service._meta.fields} - {"office", "kind"}
    rows = read_seed().services
    for row in rows:
        if row["theme_zh"] == rows[0]["theme_zh"]:
            Service.objects.create(
                office=cast.offices["HALL"],
                legal_amount=row["legal"][:-1], legal_unit=row["legal"][-1],
                promised_amount=row["promised"][:-1], promised_unit=row["promised"][-1],
                **{name: value for name, value in row.items() if name in ours},
            )  # fmt: skip


def build(cast: Cast) -> Shown:
    give_names(cast)
    AnswerTemplate.objects.create(
        kind=cast.kinds["WATER"], name_zh="管道维修", facts=REPLY.facts, reasons=REPLY.reasons,
        rule=REPLY.rule,
    )  # fmt: skip
    published = [
        publish(cast, kind, place, title, text=text, asked=asked, done=done)
        for text, kind, place, title, asked, done in STORIES
    ]
    return Shown(
        received=_guessed(
            cast.matter(text="请问今年的农村饮水补助什么时候发？要带什么材料？", name="刘桂英", phone="13900000002")
        ),
        classified=cast.matter(State.CLASSIFIED, text="大湾村三组水压太低，二楼上不去水。", place=cast.places["dawan"]),
        handled=_in_hand(cast),
        answered=_unlocked(cast.matter(State.ANSWERED)),
        rated=cast.matter(State.RATED, text="我叫王小兰，家里停水两天，请打13900000001，或到8栋302室看看。"),
        published=published[0],
    )


def _guessed(matter: Matter) -> Matter:
    """As the worker leaves it, by a model that nobody trained."""
    model = TriageModel.objects.create(digest="0" * 64, held=b"", card={}, since=NOON)
    kinds = [["WATER", 0.81], ["WATER-OUT", 0.12], ["ROADS", 0.02]]
    Guess.objects.create(matter=matter, model=model, at=NOON, kinds=kinds, words=["饮水补助", "农村"], sure=False)
    return matter


def _in_hand(cast: Cast) -> Matter:
    matter = cast.matter(State.HANDLED, text="村口水表井盖坏了，孩子上学要从那里过。", identity=Identity.HIDDEN)
    journey.contact_resident(
        matter, at=NOON, channel="PHONE", outcome=ContactOutcome.REACHED, words="约好明天上午到现场。",
        by=cast.sun, now=NOON,
    )  # fmt: skip
    return matter


def _unlocked(matter: Matter) -> Matter:
    """Opened by the PIN that the pictures know."""
    Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=numbering.pin_digest(matter.number, PIN))
    return matter


def publish(cast: Cast, kind: str, place: str, title: str, *, text: str = "没水。", **copy: str) -> Matter:
    """A matter on its whole way to the board."""
    matter = cast.matter(text=text, kind=cast.kinds[kind], place=cast.places[place])
    office, handler = ("WATER", cast.sun) if kind == "WATER-OUT" else ("ROADS", cast.roads)
    journey.classify_matter(matter, kind=matter.kind, by=cast.hotline, now=NOON)
    journey.dispatch_matter(matter, office=cast.offices[office], by=cast.hotline, now=NOON)
    journey.accept_matter(matter, by=handler, now=NOON)
    journey.answer_matter(matter, reply=REPLY, by=handler, now=NOON)
    journey.rate_matter(matter, grade=Grade.SATISFIED, resolved=Resolved.YES, by=RESIDENT, now=NOON)
    told = {"asked": "反映没水。", "done": "已修好。", **copy}
    journey.publish_matter(matter, title=title, by=cast.publisher, now=NOON, **told)
    return matter
