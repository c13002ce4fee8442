"""A time as tables write it: 2019/1/6 12:09:38, 2019-01-06T12:09, 2019年1月6日, or the days a spreadsheet counts."""

import re
from datetime import UTC, datetime, timedelta

_DATE = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:[ tT]*(?P<hour>\d{1,2})[:：时](?P<minute>\d{1,2})(?:[:：分](?P<second>\d{1,2}))?.*)?"
)
_DAYS = re.compile(r"\d{5}(?:\.\d+)?")
# Excel counts from here (with 1900 taken for a leap year, as it is known to).
_BEGINNING = datetime(1899, 12, 30, tzinfo=UTC)


def time_of(text: str) -> datetime | None:
    """What the clock on the wall showed, as if the wall were at Greenwich; None if it cannot be read."""
    text = " ".join(text.split())
    if _DAYS.fullmatch(text):
        return _BEGINNING + timedelta(seconds=round(float(text) * 86400))
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
