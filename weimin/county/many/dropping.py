"""A county taken away: its schema and everything in it. Its line in the directory stays, retired. PostgreSQL only."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable
from structlog.contextvars import bound_contextvars

from weimin.kernel.clock import county_day
from weimin.kernel.kept import forget_all
from weimin.kernel.refusal import Refused

from ..context import UnknownCounty, schema_of, use_county, use_shared
from ..postgresql.roles import take_role
from ..schemas import county_codes, drop_schema, sizes
from ..shared.models import CountyEntry

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Going:
    """What would be lost with a county."""

    code: str
    name: str
    entries: int
    bytes: int


def what_goes(code: str) -> Going:
    """What a drop would take away; Refused for the county this installation is named after."""
    if code == settings.COUNTY:
        raise Refused("OWN_COUNTY", _("%(code)s 是本系统设置里的县（WEIMIN_COUNTY），不能撤掉。") % {"code": code})
    if code not in county_codes():
        raise UnknownCounty(f"County {code} has no tables here: there is nothing to drop.")
    with use_shared():
        name = CountyEntry.objects.filter(code=code).values_list("name_zh", flat=True).first() or code
    return Going(code, name, _entries(code), sizes().get(code, 0))


def _entries(code: str) -> int:
    """How much has happened there; a county whose tables were never finished has no ledger."""
    with use_county(code), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('ledger_entry') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT count(*) FROM ledger_entry")
        return int(cursor.fetchone()[0])


def drop_county(code: str, *, now: datetime) -> None:
    """All of it or nothing. Its ledger goes with it, so that this was done is said in the log."""
    going = what_goes(code)
    try:
        with transaction.atomic():
            drop_schema(code)
            with use_shared():
                CountyEntry.objects.filter(code=code).update(retired_on=county_day(now), host=None)
                take_role(schema_of(code))
    except OperationalError as wrong:
        if not isinstance(wrong.__cause__, LockNotAvailable):
            raise
        raise Refused(
            "COUNTY_IN_USE", _("%(code)s 还有人在用，没有撤掉。请先停下网页和后台工作，再试一次。") % {"code": code}
        ) from None
    forget_all()
    with bound_contextvars(county=code):
        log.warning("a county is dropped, with %s entries of its ledger", going.entries)
