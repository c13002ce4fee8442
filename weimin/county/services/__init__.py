"""What may be done to the county's own order: people on posts, keys for programs, the calendar, the founding."""

from .calendar import enter_year, seed_years
from .founding import Plan, found_county
from .keys import issue_token, revoke_token
from .people import appoint, create_account, end_holding, record_leave

__all__ = [
    "Plan",
    "appoint",
    "create_account",
    "end_holding",
    "enter_year",
    "found_county",
    "issue_token",
    "record_leave",
    "revoke_token",
    "seed_years",
]
