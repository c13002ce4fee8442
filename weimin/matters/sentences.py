"""What residents and officials are told about an act: short messages, in the reader's language."""

from datetime import datetime

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from weimin.county.models import Official
from weimin.kernel.clock import COUNTY_TIME, county_day
from weimin.kernel.explanation import day_words
from weimin.notices.models import Notice
from weimin.notices.services import notice_to, tell_official

from .models import Matter
from .states import Act


def day(moment: datetime, now: datetime) -> str:
    """A date as people say it, with its weekday; the year only when it is another one."""
    return day_words(county_day(moment), get_language() or "zh-hans", this_year=now.astimezone(COUNTY_TIME).year)


def mark(matter: Matter, act: Act) -> str:
    """The mark of the message that this act, the last one, wrote to its resident; written once only."""
    return f"{matter.number}:{matter.version}:{act}"


def tell(matter: Matter, act: Act, text: str, *, now: datetime) -> None:
    """Write to the resident of this matter. `text` is already in their language: see `in_language_of`."""
    notice = message(matter, act, text, now=now)
    if notice is not None:
        notice.save(force_insert=True)


def message(matter: Matter, act: Act, text: str, *, now: datetime) -> Notice | None:
    """The same as a row not yet written; None for an anonymous resident."""
    return notice_to(
        matter.resident,
        subject=_("您反映的事情 %(number)s：%(act)s") % {"number": matter.number, "act": act.label},
        body=text,
        about=f"matter:{matter.number}",
        once=mark(matter, act),
        now=now,
    )


def tell_holder(official: Official | None, matter: Matter, act: Act, text: str, *, now: datetime) -> None:
    """Put a reminder on the desk of whoever acts on the post; a post nobody acts on is on the warning list."""
    if official is None:
        return
    tell_official(
        official,
        subject=_("%(number)s：%(act)s") % {"number": matter.number, "act": act.label},
        body=text,
        about=f"matter:{matter.number}",
        once=f"{mark(matter, act)}:{official.pk}",
        now=now,
    )


def in_language_of(matter: Matter) -> override:
    """Inside, texts come out in the language the resident wrote in."""
    return override(matter.language)
