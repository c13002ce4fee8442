"""How GeoReport v2 looks on the wire. Status codes are fixed: 404 missing resource, 403 key, else 400."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

import orjson
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from lxml import etree

from weimin.county.directory import county
from weimin.county.permissions import View, for_programs, open_to_all
from weimin.county.trouble import NO_ROOM, RETRY_AFTER, status_of
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import COUNTY_TIME

log = logging.getLogger(__name__)

Row = dict[str, Any]
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
FIRST_YEAR, LAST_YEAR = 1900, 9000  # a moment at the edge of the calendar has no equal in another time zone


@dataclass
class Wrong(Exception):
    """One or several errors for the client, each with its code. Of different codes, 400 is the status of the answer."""

    errors: list[tuple[int, str]]

    @property
    def status(self) -> int:
        codes = {code for code, _description in self.errors}
        return codes.pop() if len(codes) == 1 else 400


def missing(description: str) -> Wrong:
    return Wrong([(404, description)])


def bad(*descriptions: str) -> Wrong:
    return Wrong([(400, description) for description in descriptions])


def reply(fmt: str, root: str, item: str, rows: list[Row], status: int = 200) -> HttpResponse:
    """A list of rows; JSON is array-shaped, XML has its declaration and no foreign tags."""
    if fmt == "json":
        return HttpResponse(orjson.dumps(rows), content_type="application/json; charset=utf-8", status=status)
    top = etree.Element(root)
    for row in rows:
        _element(top, item, row)
    return HttpResponse(xml_bytes(top), content_type="text/xml; charset=utf-8", status=status)


def reply_one(fmt: str, root: str, row: Row) -> HttpResponse:
    """One thing that is its own root."""
    if fmt == "json":
        return HttpResponse(orjson.dumps(row), content_type="application/json; charset=utf-8")
    top = etree.Element("whole")
    _element(top, root, row)
    return HttpResponse(xml_bytes(top[0]), content_type="text/xml; charset=utf-8")


def xml_bytes(top: etree._Element) -> bytes:
    return etree.tostring(top, xml_declaration=True, encoding="utf-8")


def _element(parent: etree._Element, name: str, value: Any) -> None:
    child = etree.SubElement(parent, name)
    if isinstance(value, dict):
        for key, part in value.items():
            _element(child, key, part)
    elif isinstance(value, list):
        inner = {"attributes": "attribute", "values": "value", "endpoints": "endpoint", "formats": "format"}[name]
        for part in value:
            _element(child, inner, part)
    elif isinstance(value, bool):
        child.text = "true" if value else "false"
    elif value is not None:
        child.text = str(value)


def endpoint(*methods: str, key: bool = False) -> Callable[[View], View]:
    """A GeoReport address: no CSRF (nothing rides on a session), errors in the protocol's own shape."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def served(request: HttpRequest, fmt: str = "xml", **kwargs: Any) -> HttpResponseBase:
            try:
                if request.method not in (*methods, "HEAD"):
                    raise bad(_("这个地址只接受 %(methods)s。") % {"methods": ", ".join(methods)})
                _check_characters(request, kwargs)
                _check_jurisdiction(request)
                return view(request, fmt=fmt, **kwargs)
            except Wrong as wrong:
                rows: list[Row] = [{"code": code, "description": text} for code, text in wrong.errors]
                return reply(fmt, "errors", "error", rows, wrong.status)
            except (OperationalError, InterfaceError, OSError) as trouble:
                if status_of(trouble) not in RETRY_AFTER:
                    raise
                log.exception("what GeoReport stands on has failed")
                return _come_back(fmt, status_of(trouble))

        return for_programs(served) if key else open_to_all(served)

    return decorate


def _come_back(fmt: str, status: int) -> HttpResponse:
    """No room, or the database away: it passes, and whoever sent something sends it again."""
    words = {
        NO_ROOM: _("服务器的存储空间满了，没有保存任何内容。请过一会儿再发一次。"),
    }.get(status, _("服务暂时不可用，这一次没有办成。请过一会儿再发一次。"))
    answer = reply(fmt, "errors", "error", [{"code": status, "description": words}], status)
    answer["Retry-After"] = RETRY_AFTER[status]
    return answer


@endpoint("GET", "POST")
def nothing_here(request: HttpRequest, *, fmt: str) -> HttpResponse:
    """Any other address under the root."""
    raise missing(_("没有这个地址；格式只有 xml 和 json。"))


def _check_characters(request: HttpRequest, kwargs: dict[str, str]) -> None:
    """XML carries no control characters and PostgreSQL no NUL, so they end here and not halfway."""
    if any(_CONTROL.search(value) for value in kwargs.values()):
        raise missing(_("没有这个地址。"))
    try:
        given = {**dict(request.GET.lists()), **dict(request.POST.lists())}
    except SuspiciousOperation:
        raise bad(_("内容太大，或者项目太多。")) from None
    for name, values in given.items():
        if any(_CONTROL.search(word) for word in (name, *values)):
            raise bad(_("文字里有看不见的控制字符，请删去后重发。"))
        if any("\ufffd" in word for word in (name, *values)):
            raise bad(_("文字的编码不完整，请用 UTF-8 重发。"))


def _check_jurisdiction(request: HttpRequest) -> None:
    asked = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id")
    here = county(current_code())
    if asked and asked not in (here.code, here.host):
        raise missing(_("没有这个 jurisdiction_id；本县是 %(code)s。") % {"code": here.code})


def moment(text: str, name: str) -> datetime:
    """A W3C date with offset or Z. Naive dates are refused: a day's requests must not slip by a time zone."""
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise bad(_("%(name)s 要写成带时区的时间，例如 2026-09-29T16:20:00+08:00。") % {"name": name})
    return found


def told(when: datetime | None) -> str | None:
    return None if when is None else when.astimezone(COUNTY_TIME).isoformat(timespec="seconds")


def page_of(asked: dict[str, str], most: int) -> slice:
    """The rows of the page that is asked for; without a word, the first and largest."""
    try:
        page, size = int(asked.get("page", 1)), int(asked.get("page_size", most))
    except ValueError:
        raise bad(_("page 和 page_size 要是整数。")) from None
    if not (1 <= page <= 100_000 and 1 <= size <= most):
        raise bad(_("page 从 1 开始，page_size 在 1 到 1000 之间。"))
    return slice((page - 1) * size, page * size)
