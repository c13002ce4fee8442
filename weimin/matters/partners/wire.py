"""Speaking GeoReport v2 to somebody else's server: what is asked, what comes back, and whether it came at all."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.dateparse import parse_datetime
from lxml import etree

from weimin.kernel.clock import COUNTY_TIME
from weimin.notices.carriers.posting import Answer, NotSent, Unsure, ask
from weimin.notices.carriers.reach import may_reach

from ..models import Partner

_MOST_BYTES = 8 * 1024 * 1024  # a thousand requests with four thousand characters each
_NOT_NOW = frozenset({401, 408, 425, 429, 503})
Row = dict[str, str]


class Away(Exception):
    """It surely has not done what we asked: no connection, or it says not now. Asked again later."""


class Doubt(Exception):
    """It may have done what we asked: no answer that can be understood."""


class Denied(Exception):
    """It says no, in its own words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


def get(partner: Partner, path: str, **asked: str) -> list[Row]:
    """The rows of a list. A question may be asked twice, so doubt is only being away."""
    try:
        return _asked(partner, "GET", path, asked)
    except Doubt as doubt:
        raise Away(str(doubt)) from doubt


def post(partner: Partner, path: str, **told: str) -> list[Row]:
    """The rows of the answer to what we hand in."""
    return _asked(partner, "POST", path, {**told, "api_key": partner.api_key})


def moment(text: str) -> datetime | None:
    """A time with its offset; one without says nothing, for a day could slip by a time zone."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def told(when: datetime) -> str:
    """With offset, to the second."""
    return when.astimezone(COUNTY_TIME).isoformat(timespec="seconds")


def _asked(partner: Partner, method: str, path: str, given: dict[str, str]) -> list[Row]:
    if partner.jurisdiction:
        given = {**given, "jurisdiction_id": partner.jurisdiction}
    url, body = f"{partner.url}/{path}.{partner.format}", urlencode(given).encode()
    headers = {"User-Agent": "Weimin-Open311", "Accept": "text/xml, application/json"}
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    elif given:
        url, body = f"{url}?{body.decode()}", b""
    try:
        answer = ask(
            method,
            url,
            body or None,
            headers=headers,
            seconds=settings.CARRIER_SECONDS,
            may=may_reach,
            most=_MOST_BYTES,
        )
    except NotSent as trouble:
        raise Away(f"no connection ({type(trouble.__cause__).__name__})") from trouble
    except Unsure as trouble:
        raise Doubt(f"no answer ({type(trouble.__cause__).__name__})") from trouble
    return _understood(answer)


def _understood(answer: Answer) -> list[Row]:
    """A list of rows, whichever format; errors may be several and are joined."""
    if answer.status in _NOT_NOW or 300 <= answer.status < 400:
        raise Away(f"HTTP {answer.status}")
    if answer.status >= 500:
        raise Doubt(f"HTTP {answer.status}")
    try:
        rows = _rows(answer.body)
    except (ValueError, etree.XMLSyntaxError) as wrong:
        if answer.status >= 400:
            raise Denied(answer.status, f"HTTP {answer.status}") from wrong
        raise Doubt("the answer cannot be read") from wrong
    if answer.status >= 400:
        words = "; ".join(row.get("description", "") for row in rows if row.get("description"))
        raise Denied(answer.status, (words or f"HTTP {answer.status}")[:200])
    return rows


def _rows(body: bytes) -> list[Row]:
    text = body.lstrip(b"\xef\xbb\xbf \r\n\t")
    return _of_xml(text) if text.startswith(b"<") else _of_json(text)


def _of_xml(text: bytes) -> list[Row]:
    """Every child of the root is a row. No document types: what a stranger defines is not expanded."""
    if b"<!DOCTYPE" in text[:1000] or b"<!ENTITY" in text:
        raise ValueError("no document types")
    top = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))
    if top.getroottree().docinfo.doctype:  # written in another encoding, or further down
        raise ValueError("no document types")
    return [{str(part.tag): (part.text or "").strip() for part in row if isinstance(part.tag, str)} for row in top]


def _of_json(text: bytes) -> list[Row]:
    found: Any = json.loads(text)
    if isinstance(found, dict):  # some answer {"errors": […]} or one bare row
        found = next((part for part in found.values() if isinstance(part, list)), [found])
    if not isinstance(found, list):
        raise ValueError("no rows")
    return [
        {key: "" if part is None else str(part) for key, part in row.items()} for row in found if isinstance(row, dict)
    ]
