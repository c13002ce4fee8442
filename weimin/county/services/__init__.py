"""What may be done to the county's own order: people on posts, keys for programs, the calendar, the founding."""

from .calendar import enter_year, seed_years
from .founding import Plan, found_county
from .keys import issue_token, revoke_token
from .people import appoint, create_account, end_holding, record_leave
from .sign_in import bind_single_sign_on, reset_sign_in

__all__ = [
    "Plan",
    "appoint",
    "bind_single_sign_on",
    "create_account",
    "end_holding",
    "enter_year",
    "found_county",
    "issue_token",
    "record_leave",
    "reset_sign_in",
    "revoke_token",
    "seed_years",
]
