"""The small cast every story is told with, in a small county built row by row.

Aunt Wang (王桂芳) lives in Qingshi village. Li Min (李敏) is the duty clerk of Qingshi township.
Director Zhang (张立国) heads the water office, where Sun (孙伟) handles. Zhao (赵强) is a clerk of another
township and must see nothing.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import chinese_calendar
from chinese_calendar.constants import holidays, workdays

from tests.again import Again
from weimin.catalogue.models import Kind, Route, TimeRule, Urgency
from weimin.county.actors import RESIDENT, Actor, actor_of
from weimin.county.context import use_shared
from weimin.county.duties import Duty
from weimin.county.models import Account, Holding, Office, Official, Place, Post
from weimin.county.shared.models import CalendarDay, CalendarYear, CountyEntry
from weimin.kernel.clock import COUNTY_TIME
from weimin.kernel.kept import forget_all
from weimin.kernel.limits import Limit
from weimin.matters import journey
from weimin.matters.models import Matter
from weimin.matters.states import Channel, Grade, PauseReason, Resolved, State

NOON = datetime(2026, 9, 29, 12, 0, tzinfo=COUNTY_TIME)  # a Tuesday before the National Day holiday
LONG_AGO = date(2020, 1, 1)

RULES = {
    "RETURN": "5W", "EXTEND": "5W", "RATE_WINDOW": "15N", "RATE_REMINDER": "5N", "PUBLISH": "20W",
    "FOLLOW_UP_CONTACT": "1W", "FOLLOW_UP_REPLY": "5W", "RECTIFY": "15W", "REVIEW_ASK": "30N", "REVIEW_DECIDE": "30N",
    "REREVIEW_ASK": "30N", "REREVIEW_DECIDE": "30N", "ESCALATE_STEP": "1W", "SUPPORT": "3W", "PAUSE_MAX": "30N",
    "REOPEN_WINDOW": "30N",
}  # fmt: skip

D = Duty
# name → (English, post code, office, covers, duties, superior's post)
PEOPLE: dict[str, tuple[str, str, str, str, list[str], str | None]] = {
    "leader": ("陈国栋 Chen Guodong", "LEAD-01", "HALL", "990101", [D.LEAD, D.APPROVE], None),
    "zhang": ("张立国 Zhang Liguo", "WATER-01", "WATER", "990101", [D.HANDLE, D.APPROVE], "LEAD-01"),
    "sun": ("孙伟 Sun Wei", "WATER-02", "WATER", "990101", [D.HANDLE], "WATER-01"),
    "roads": ("周路平 Zhou Luping", "ROADS-01", "ROADS", "990101", [D.HANDLE, D.APPROVE], "LEAD-01"),
    "li": ("李敏 Li Min", "QS-01", "QINGSHI", "990101101", [D.TAKE_IN, D.CLASSIFY, D.DISPATCH], "LEAD-01"),
    "zhao": ("赵强 Zhao Qiang", "QX-01", "QINGXI", "990101102", [D.TAKE_IN, D.CLASSIFY, D.DISPATCH], "LEAD-01"),
    "hotline": ("刘芳 Liu Fang", "HALL-05", "HALL", "990101", [D.TAKE_IN, D.CLASSIFY, D.DISPATCH], "LEAD-01"),
    "caller": ("何静 He Jing", "HALL-02", "HALL", "990101", [D.CALL_BACK], "LEAD-01"),
    "publisher": ("吴文 Wu Wen", "HALL-03", "HALL", "990101", [D.PUBLISH], "LEAD-01"),
    "reviewer": ("郑平 Zheng Ping", "XF-01", "LETTERS", "990101", [D.REVIEW], "LEAD-01"),
    "keeper": ("钱理 Qian Li", "HALL-04", "HALL", "990101", [D.CONFIGURE], "LEAD-01"),
    "auditor": ("冯正 Feng Zheng", "AUDIT-01", "HALL", "990101", [D.AUDIT], None),
}

REPLY = journey.Reply(
    facts="水管已修好，九月三十日上午恢复供水。",
    reasons="主管道接头老化漏水。",
    rule="《城市供水条例》第二十八条",
    appeal_route="可在 30 日内向县信访局申请复查。",
)


@dataclass
class Cast:
    """Everybody and everything, by short names."""

    places: dict[str, Place] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    officials: dict[str, Official] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    urgencies: dict[str, Urgency] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        """`cast.li` is Li Min as she may act at noon."""
        if name in PEOPLE:
            return self.acting(name, NOON)
        raise AttributeError(name)

    def acting(self, name: str, now: datetime) -> Actor:
        return actor_of(self.officials[name], now=now)

    def draft(self, **over: Any) -> journey.Draft:
        """What Aunt Wang says about the water, unless said otherwise."""
        words: dict[str, Any] = {
            "text": "我家停水两天了，老人孩子没法做饭，请尽快来修。",
            "kind": self.kinds["WATER-OUT"],
            "place": self.places["qingshi"],
            "channel": Channel.WEB,
            "name": "王桂芳",
            "phone": "13900000001",
        }
        return journey.Draft(**{**words, **over})

    def matter(self, state: State = State.RECEIVED, *, now: datetime = NOON, **over: Any) -> Matter:
        """A matter brought to a state by the verbs, and by nothing else."""
        matter = journey.receive_matter(self.draft(**over), by=RESIDENT, now=now).matter
        for step in _WAYS[state]:
            step(self, matter, now)
        assert matter.state == state
        return matter


def _classify(cast: Cast, matter: Matter, now: datetime) -> None:
    journey.classify_matter(matter, kind=matter.kind, by=cast.li, now=now)


def _dispatch(cast: Cast, matter: Matter, now: datetime) -> None:
    journey.dispatch_matter(matter, office=cast.offices["WATER"], by=cast.li, now=now)


def _accept(cast: Cast, matter: Matter, now: datetime) -> None:
    journey.accept_matter(matter, by=cast.sun, now=now)


def _answer(cast: Cast, matter: Matter, now: datetime) -> None:
    journey.answer_matter(matter, reply=REPLY, by=cast.sun, now=now)


def _rate(cast: Cast, matter: Matter, now: datetime) -> None:
    journey.rate_matter(matter, grade=Grade.SATISFIED, resolved=Resolved.YES, by=RESIDENT, now=now)


def _publish(cast: Cast, matter: Matter, now: datetime) -> None:
    journey.publish_matter(matter, title="停水", asked="反映停水两天。", done="已修好。", by=cast.publisher, now=now)


def _close(cast: Cast, matter: Matter, now: datetime) -> None:
    journey.close_matter(matter, reason="内容只涉及一户。", by=cast.publisher, now=now)


def _return(cast: Cast, matter: Matter, now: datetime) -> None:
    journey.return_matter(matter, reason="不属于供水设施。", by=cast.sun, now=now)


def _pause(cast: Cast, matter: Matter, now: datetime) -> None:
    journey.pause_matter(
        matter, reason=PauseReason.TESTING, words="水质送检。", limit=Limit.parse("10N"), by=cast.sun, now=now
    )


def _merge(cast: Cast, matter: Matter, now: datetime) -> None:
    main = cast.matter(State.HANDLED, now=now)
    journey.merge_matter(matter, main=main, reason="同一处停水。", by=cast.li, now=now)


def _withdraw(cast: Cast, matter: Matter, now: datetime) -> None:
    journey.withdraw_matter(matter, by=RESIDENT, now=now)


def _refuse(cast: Cast, matter: Matter, now: datetime) -> None:
    journey.refuse_matter(matter, reply=REPLY, by=cast.li, now=now)


def _appeal(cast: Cast, matter: Matter, now: datetime) -> None:
    journey.appeal_matter(matter, words="水还是浑的。", by=RESIDENT, now=now)


_UNTIL_HANDLED = [_classify, _dispatch, _accept]
_UNTIL_RATED = [*_UNTIL_HANDLED, _answer, _rate]
_WAYS = {
    State.RECEIVED: [],
    State.CLASSIFIED: [_classify],
    State.DISPATCHED: [_classify, _dispatch],
    State.HANDLED: _UNTIL_HANDLED,
    State.ANSWERED: [*_UNTIL_HANDLED, _answer],
    State.RATED: _UNTIL_RATED,
    State.PUBLISHED: [*_UNTIL_RATED, _publish],
    State.RETURNED: [_classify, _dispatch, _return],
    State.PAUSED: [*_UNTIL_HANDLED, _pause],
    State.MERGED: [_merge],
    State.WITHDRAWN: [_withdraw],
    State.REFUSED: [_refuse],
    State.APPEALED: [*_UNTIL_HANDLED, _answer, _appeal],
    State.CLOSED: [*_UNTIL_RATED, _close],
}


def _build() -> Cast:
    """The small county, its people and its rules, written row by row."""
    cast = Cast()
    _shared()
    _places(cast)
    _offices(cast)
    _people(cast)
    _catalogue(cast)
    return cast


build = Again(_build)


def _shared() -> None:
    with use_shared():
        CountyEntry.objects.update_or_create(
            code="990101", defaults={"letters": "QS", "name_zh": "青山县", "name_en": "Qingshan County"}
        )
        days = {day: False for day in holidays} | {day: True for day in workdays}
        years = range(2024, 2027)
        CalendarDay.objects.bulk_create(
            [
                CalendarDay(day=day, works=works, name_zh="", name_en="")
                for day, works in sorted(days.items())
                if day.year in years and works == chinese_calendar.is_workday(day)
            ],
            ignore_conflicts=True,
        )
        CalendarYear.objects.bulk_create(
            [CalendarYear(year=year, source="国办通知", entered_at=NOON) for year in years], ignore_conflicts=True
        )
    forget_all()


def _places(cast: Cast) -> None:
    rows = [
        ("county", "990101", "COUNTY", None, "青山县", "Qingshan County"),
        ("qingshi_town", "990101101", "TOWNSHIP", "county", "青石镇", "Qingshi Town"),
        ("qingxi_town", "990101102", "TOWNSHIP", "county", "清溪镇", "Qingxi Town"),
        ("qingshi", "990101101201", "VILLAGE", "qingshi_town", "青石村", "Qingshi Village"),
        ("dawan", "990101101202", "VILLAGE", "qingshi_town", "大湾村", "Dawan Village"),
        ("qingxi", "990101102201", "VILLAGE", "qingxi_town", "清溪村", "Qingxi Village"),
        ("group", "99010110120101", "GROUP", "qingshi", "青石村一组", "Qingshi Group 1"),
    ]
    for name, code, level, parent, zh, en in rows:
        cast.places[name] = Place.objects.create(
            code=code, level=level, parent=cast.places.get(parent or ""), name_zh=zh, name_en=en
        )


def _offices(cast: Cast) -> None:
    rows = [
        ("HALL", "county", "县政府值班室", "County Duty Office"),
        ("WATER", "county", "县水利局", "Water Office"),
        ("ROADS", "county", "县交通局", "Roads Office"),
        ("LETTERS", "county", "县信访局", "Letters and Visits Office"),
        ("QINGSHI", "qingshi_town", "青石镇政府", "Qingshi Town Office"),
        ("QINGXI", "qingxi_town", "清溪镇政府", "Qingxi Town Office"),
    ]
    for code, place, zh, en in rows:
        cast.offices[code] = Office.objects.create(code=code, place=cast.places[place], name_zh=zh, name_en=en)


def _people(cast: Cast) -> None:
    covers = {place.code: place for place in cast.places.values()}
    for name, (names, code, office, covered, duties, superior) in PEOPLE.items():
        zh, en = names.split(" ", 1)
        post = Post.objects.create(
            code=code,
            name_zh=f"{zh}的岗位",
            name_en=f"Post of {en}",
            office=cast.offices[office],
            duties=[str(duty) for duty in duties],
            covers=covers[covered],
            superior=cast.posts.get(superior or ""),
        )
        account = Account.objects.create_user(username=name, password="a long password for " + name)
        official = Official.objects.create(account=account, name_zh=zh, name_en=en)
        Holding.objects.create(official=official, post=post, from_on=LONG_AGO)
        cast.posts[code], cast.officials[name] = post, official


def _catalogue(cast: Cast) -> None:
    for code, amount in RULES.items():
        TimeRule.objects.create(
            code=code, name_zh=code, name_en=code, amount=int(amount[:-1]), unit=amount[-1],
            source_zh="县政府文件", source_en="County rules", from_on=LONG_AGO,
        )  # fmt: skip
    for rank, (code, amount, unit, contact, contact_unit) in enumerate(
        [
            ("LIFE", 2, "H", 1, "H"),
            ("UTILITY", 24, "H", 4, "H"),
            ("ORDINARY", 5, "W", 1, "W"),
            ("COMPLEX", 15, "W", 2, "W"),
        ],
        start=1,
    ):
        cast.urgencies[code] = Urgency.objects.create(
            code=code, name_zh=code, name_en=code, amount=amount, unit=unit, contact_amount=contact,
            contact_unit=contact_unit, rank=rank, source_zh="县政府文件", source_en="County rules",
        )  # fmt: skip
    for code, parent, zh, en, urgency in [
        ("WATER", None, "供水", "Water", "ORDINARY"),
        ("WATER-OUT", "WATER", "停水", "No water", "ORDINARY"),
        ("ROADS", None, "道路", "Roads", "ORDINARY"),
        ("ROADS-HOLE", "ROADS", "路面坑洞", "Pothole", "ORDINARY"),
    ]:
        cast.kinds[code] = Kind.objects.create(
            code=code, parent=cast.kinds.get(parent or ""), depth=2 if parent else 1, name_zh=zh, name_en=en,
            urgency=cast.urgencies[urgency], legal_amount=60, legal_unit="N", promised_amount=5, promised_unit="W",
            source_zh="县政府文件", source_en="County rules",
        )  # fmt: skip
    for kind, office in [("WATER", "WATER"), ("ROADS", "ROADS")]:
        Route.objects.create(
            kind=cast.kinds[kind], place=cast.places["county"], lead=cast.offices[office],
            from_on=LONG_AGO, source_zh="三定方案",
        )  # fmt: skip
