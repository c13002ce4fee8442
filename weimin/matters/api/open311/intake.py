"""What a form of GeoReport v2 says. Every mistake in it is told in one answer: a sender mends them in one go."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from weimin.catalogue.models import Kind, Question
from weimin.catalogue.queries import kind_by_code, questions_of
from weimin.county.models import Place
from weimin.county.queries import nearest_place, place_by_code
from weimin.kernel.chosen import current_code
from weimin.kernel.words import Mistake, clean_text

from ... import journey
from ...states import Channel
from .wire import Wrong, bad, missing, moment

T = TypeVar("T")
Position = tuple[Decimal, Decimal]

# What the verb keeps of each field, in characters.
LONGEST = {
    "description": 4000, "address_string": 200, "first_name": 30, "last_name": 30, "phone": 30, "email": 254,
    "media_url": 500, "device_id": 200, "account_id": 200,
}  # fmt: skip
_LONGEST_ANSWER = {Question.Datatype.TEXT: 1000}
_ATTRIBUTE = re.compile(r"attribute\[([^\]]*)\](\[\])?")


def draft_of(form: QueryDict) -> journey.Draft:
    """What the sender says, as the verb takes it; Wrong with every error at once."""
    wrong: list[tuple[int, str]] = []

    def read(part: Callable[[], T]) -> T | None:
        try:
            return part()
        except Wrong as mistake:
            wrong.extend(mistake.errors)
            return None

    kind = read(lambda: _kind(form))
    position = read(lambda: _position(form))
    place = read(lambda: _place(form, position))
    details = read(lambda: _details(form, kind)) if kind else None
    read(lambda: _words(form))
    if wrong or kind is None or place is None:
        raise Wrong(wrong)
    lat, long = position or (None, None)
    return journey.Draft(
        text=form.get("description", "").strip() or kind.name,
        kind=kind,
        place=place,
        channel=Channel.OPEN311,
        address=form.get("address_string", ""),
        lat=lat,
        long=long,
        details=details or {},
        name=f"{form.get('last_name', '')}{form.get('first_name', '')}",
        phone=form.get("phone", ""),
        email=form.get("email", ""),
        language=get_language() or "zh-hans",
    )


def _kind(form: QueryDict) -> Kind:
    code = form.get("service_code", "")
    if not code:
        raise bad(_("没有给出 service_code。"))
    kind = kind_by_code(code)
    if kind is None:
        raise missing(_("没有这个 service_code：%(code)s") % {"code": code})
    return kind


def _position(form: QueryDict) -> Position | None:
    lat, long = form.get("lat", ""), form.get("long", "")
    if not lat and not long:
        if not (form.get("address_string") or form.get("address_id")):
            raise bad(_("请给出地点：lat 和 long，或 address_string，或 address_id。"))
        return None
    try:
        position = round(Decimal(lat), 6), round(Decimal(long), 6)
    except InvalidOperation:
        raise bad(_("lat 和 long 要一起给，都是数字。")) from None
    finite = all(part.is_finite() for part in position)
    if not (finite and abs(position[0]) <= 90 and abs(position[1]) <= 180):
        raise bad(_("lat 要在 -90 到 90 之间，long 要在 -180 到 180 之间。"))
    return position


def _place(form: QueryDict, position: Position | None) -> Place:
    if code := form.get("address_id"):
        place = place_by_code(code)
        if place is None:
            raise missing(_("没有这个 address_id；请用地点代码。"))
        return place
    if position is not None:
        near = nearest_place(*position)
        if near is not None:
            return near
    root = place_by_code(current_code())
    if root is None:
        raise missing(_("本县还没有录入地点。"))
    return root


def _words(form: QueryDict) -> None:
    """Too long is told and not cut: what was sent and what is kept are the same."""
    wrong = []
    for name, limit in LONGEST.items():
        try:
            clean_text(form.get(name, "").strip() or "x", limit=limit)  # an empty one counts as absent
        except Mistake as mistake:
            why = mistake.words(get_language() or "zh-hans")
            wrong.append(_("%(field)s：%(why)s") % {"field": name, "why": why})
    if (url := str(form.get("media_url", ""))) and not re.match(r"https?://[^\s/]", url):
        wrong.append(_("media_url 要是 http 或 https 开头的网址。"))
    if wrong:
        raise bad(*wrong)


def _details(form: QueryDict, kind: Kind) -> dict[str, object]:
    """Answers to the kind's questions; what is missing, what does not fit and what was not asked is told."""
    details: dict[str, object] = {}
    questions = list(questions_of(kind))
    asked = {question.code for question in questions}
    named = {match[1] for name in form if form.get(name) and (match := _ATTRIBUTE.fullmatch(name))}
    wrong = [_("这个 service_code 没有问 attribute[%(code)s]。") % {"code": code} for code in sorted(named - asked)]
    for question in questions:
        given = [value for value in form.getlist(f"attribute[{question.code}]") if value]
        given += [value for value in form.getlist(f"attribute[{question.code}][]") if value]
        if trouble := _trouble(question, given):
            wrong.append(trouble % {"code": question.code})
        if given:
            details[question.code] = given if question.datatype == Question.Datatype.MULTI else given[0]
    if wrong:
        raise bad(*wrong)
    if form.get("media_url"):
        details["media_url"] = form["media_url"]
    return details


def _trouble(question: Question, given: list[str]) -> str:
    """What is wrong with the answers to one question; empty if nothing is."""
    if not given:
        return _("缺少必填项 attribute[%(code)s]。") if question.required else ""
    keys = {str(value["key"]) for value in question.values}
    if keys and not set(given) <= keys:
        return _("attribute[%(code)s] 的值不在可选范围内。")
    if len(given) > 1 and question.datatype != Question.Datatype.MULTI:
        return _("attribute[%(code)s] 只能有一个值。")
    if any(len(value) > _LONGEST_ANSWER.get(Question.Datatype(question.datatype), 200) for value in given):
        return _("attribute[%(code)s] 太长了。")
    if question.datatype == Question.Datatype.NUMBER and not all(_is_number(value) for value in given):
        return _("attribute[%(code)s] 要是数字。")
    if question.datatype == Question.Datatype.DATETIME and not all(_is_moment(value) for value in given):
        return _("attribute[%(code)s] 要是日期或带时区的时间。")
    return ""


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _is_moment(text: str) -> bool:
    try:
        return parse_date(text) is not None or bool(moment(text, ""))
    except (ValueError, Wrong):
        return False
