"""What may be done to the county's own order: people on posts, keys for programs, the calendar, the founding."""

from .accounts import create_account, open_account, reset_password, reset_second_factor
from .calendar import enter_year, seed_years
from .counties import NewCounty, enter_county
from .data_keys import retire_data_key, rotate_data_key
from .founding import Plan, found_county
from .keys import issue_token, revoke_token
from .offices import OfficePlan, add_office, change_office, retire_office
from .people import add_official, appoint, cancel_leave, change_official, end_holding, record_leave
from .posts import PostPlan, add_post, change_post, retire_post
from .sign_in import bind_single_sign_on, reset_sign_in

__all__ = [
    "NewCounty",
    "OfficePlan",
    "Plan",
    "PostPlan",
    "add_office",
    "add_official",
    "add_post",
    "appoint",
    "bind_single_sign_on",
    "cancel_leave",
    "change_office",
    "change_official",
    "change_post",
    "create_account",
    "end_holding",
    "enter_county",
    "enter_year",
    "found_county",
    "issue_token",
    "open_account",
    "record_leave",
    "reset_password",
    "reset_second_factor",
    "reset_sign_in",
    "retire_data_key",
    "retire_office",
    "retire_post",
    "revoke_token",
    "rotate_data_key",
    "seed_years",
]
