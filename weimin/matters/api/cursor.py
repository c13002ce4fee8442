"""Pages by key: a cursor says where the last page ended, so nothing slips while one reads."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, AwareDatetime, Field

from weimin.kernel.refusal import Refused

from .. import filters

LARGEST_KEY = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 1900, 9000  # a moment at the edge of the calendar has no equal in another time zone

Cursor = Annotated[str, Field(max_length=120)]


def _in_reach(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("out of reach")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_reach)]


def cursor_of(at: datetime, pk: int) -> str:
    return urlsafe_b64encode(f"{at.isoformat()}|{pk}".encode()).decode()


def beyond(column: str, cursor: str) -> Q:
    """Rows after the cursor, newest first."""
    try:
        moment, key = urlsafe_b64decode(cursor.encode()).decode().split("|")
        at, pk = _in_reach(datetime.fromisoformat(moment)), int(key)
    except ValueError:
        raise _wrong() from None
    if at.tzinfo is None or not 0 < pk <= LARGEST_KEY:
        raise _wrong()
    return filters.beyond(column, at, pk, less=True)


def _wrong() -> Refused:
    return Refused("BAD_CURSOR", _("翻页标记不对，请从第一页重新开始。"), field="after")
