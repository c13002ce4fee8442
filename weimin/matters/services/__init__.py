"""What is arranged around matters: saved views, dispatching by the rules, partners. Single acts stand in journey/."""

from .arranging import MOST_VIEWS, dispatch_by_rule, drop_view, keep_view, mark_handled
from .partners import add_partner, change_partner, doubt_referrals, map_code, switch_partner, unmap_code

__all__ = [
    "MOST_VIEWS",
    "add_partner",
    "change_partner",
    "dispatch_by_rule",
    "doubt_referrals",
    "drop_view",
    "keep_view",
    "map_code",
    "mark_handled",
    "switch_partner",
    "unmap_code",
]
