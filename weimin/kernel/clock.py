"""The one real clock of the house, and the time zone in which a county counts its days."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

COUNTY_TIME = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC. Only pages, tasks and commands ask; rules are handed the time."""
    return datetime.now(UTC)  # noqa: TID251 -- this is the clock everybody else must ask


def county_day(moment: datetime) -> date:
    """The calendar day that people in the county write on a letter at this moment."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs its time zone before it can be given a day.")
    return moment.astimezone(COUNTY_TIME).date()


def begin_of_day(day: date) -> datetime:
    return datetime.combine(day, time(), COUNTY_TIME)


def end_of_day(day: date) -> datetime:
    """The last second of a day in the county: the due moment of limits counted in days."""
    return datetime.combine(day, time(23, 59, 59), COUNTY_TIME)
