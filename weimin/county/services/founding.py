"""The founding of a county from plain tables: its directory entry, places, offices, posts and officials."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.kernel.chosen import current_code
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..actors import Actor
from ..duties import Duty
from ..models import Holding, Office, Official, Place, Post
from ..models.places import CODE_LENGTH
from ..pinyin import search_words
from ..shared.models import CountyEntry
from .gate import who_configures

Row = Mapping[str, str]
T = TypeVar("T")
_LEVEL_OF = {length: level for level, length in CODE_LENGTH.items()}
_LENGTHS = sorted(_LEVEL_OF)


@dataclass(frozen=True)
class Plan:
    """The tables a county is founded from. The first rows come first: a parent before what lies under it."""

    county: Row
    places: Sequence[Row]
    offices: Sequence[Row]
    posts: Sequence[Row]
    officials: Sequence[Row]
    outlines: Mapping[str, Any] = field(default_factory=dict)  # GeoJSON geometry by place code


@transaction.atomic
def found_county(plan: Plan, *, from_on: date, by: Actor, now: datetime) -> None:
    """Write down a county's order: where, which offices, which posts with which duties, and who holds them.

    Before: the county has no places. After: places, offices, posts, officials and holdings from that day on.
    Who: CONFIGURE, in practice the operator.
    """
    who = who_configures(by)
    if Place.objects.exists():
        raise Refused("ALREADY_FOUNDED", _("这个县已经有地点和单位，没有再写入。"))
    CountyEntry.objects.get_or_create(
        code=current_code(), defaults={name: plan.county[name] for name in ("letters", "name_zh", "name_en", "phone")}
    )
    places = _places(plan.places, plan.outlines)
    offices = _offices(plan.offices, places)
    posts = _posts(plan.posts, offices, places)
    _officials(plan.officials, posts, from_on)
    content = {
        "places": sorted(places),
        "offices": sorted(offices),
        "posts": {code: [posts[code].duties, posts[code].covers.code] for code in sorted(posts)},
    }
    record(what="county.found_county", about=f"county:{current_code()}", by=who, at=now, content=content)


def _find(table: Mapping[str, T], code: str, row: Row) -> T:
    if code not in table:
        raise Refused(
            "UNKNOWN_CODE", _("“%(row)s”这一行提到的代码 %(code)s 没有找到。") % {"row": row["code"], "code": code}
        )
    return table[code]


def _places(rows: Iterable[Row], outlines: Mapping[str, Any]) -> dict[str, Place]:
    """Level by level, so that a parent has its key before its children are written."""
    table: dict[str, Place] = {}
    by_length: dict[int, list[Row]] = {length: [] for length in _LENGTHS}
    for row in rows:
        if len(row["code"]) not in by_length:
            raise Refused("BAD_PLACE_CODE", _("地点代码 %(code)s 的位数不对。") % {"code": row["code"]})
        by_length[len(row["code"])].append(row)
    for shorter, length in zip([0, *_LENGTHS], _LENGTHS, strict=False):
        made = [_place(row, table, shorter, outlines) for row in by_length[length]]
        Place.objects.bulk_create(made)
        table.update({place.code: place for place in made})
    return table


def _place(row: Row, table: Mapping[str, Place], shorter: int, outlines: Mapping[str, Any]) -> Place:
    code = row["code"]
    return Place(
        code=code,
        level=_LEVEL_OF[len(code)],
        parent=_find(table, code[:shorter], row) if shorter else None,
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        aliases=row.get("aliases", ""),
        pinyin=search_words(row["name_zh"], row.get("aliases", ""), limit=200),
        outline=outlines.get(code),
        lat=row.get("lat") or None,
        long=row.get("long") or None,
        households=int(row.get("households") or 0),
    )


def _offices(rows: Iterable[Row], places: Mapping[str, Place]) -> dict[str, Office]:
    table: dict[str, Office] = {}
    for row in rows:
        table[row["code"]] = Office.objects.create(
            code=row["code"], name_zh=row["name_zh"], name_en=row["name_en"], pinyin=search_words(row["name_zh"]),
            place=_find(places, row["place"], row),
            superior=_find(table, row["superior"], row) if row["superior"] else None,
            phone=row["phone"], address=row["address"], opening_hours=row["opening_hours"],
        )  # fmt: skip
    return table


def _posts(rows: Iterable[Row], offices: Mapping[str, Office], places: Mapping[str, Place]) -> dict[str, Post]:
    table: dict[str, Post] = {}
    stand_ins: dict[str, Row] = {}
    for row in rows:
        duties = row["duties"].split()
        if set(duties) - set(Duty.values):
            raise Refused("UNKNOWN_DUTY", _("岗位 %(code)s 的职责写错了。") % {"code": row["code"]})
        table[row["code"]] = Post.objects.create(
            code=row["code"], name_zh=row["name_zh"], name_en=row["name_en"], duties=duties,
            office=_find(offices, row["office"], row), covers=_find(places, row["covers"], row),
            superior=_find(table, row["superior"], row) if row["superior"] else None,
        )  # fmt: skip
        if row["stand_in"]:
            stand_ins[row["code"]] = row
    for code, row in stand_ins.items():  # second, because posts stand in for each other
        table[code].stand_in = _find(table, row["stand_in"], row)
    Post.objects.bulk_update([table[code] for code in stand_ins], ["stand_in"])
    return table


def _officials(rows: Iterable[Row], posts: Mapping[str, Post], from_on: date) -> None:
    holdings = []
    for row in rows:
        official = Official.objects.create(
            name_zh=row["name_zh"], name_en=row["name_en"], pinyin=search_words(row["name_zh"], limit=120),
            phone=row.get("phone", ""), email=row.get("email", ""),
        )  # fmt: skip
        named = {**row, "code": row["name_zh"]}
        holdings += [
            Holding(official=official, post=_find(posts, code, named), from_on=from_on) for code in row["posts"].split()
        ]
    Holding.objects.bulk_create(holdings)
