"""What may be done to the rules: each change is dated, has its source, and leaves what was before readable."""

from ._wording import Words, content_of
from .articles import LONGEST, confirm_article, keep_article, retire_article
from .kinds import add_kind, retire_kind, set_kind_limits, set_kind_words
from .routes import end_route, set_route, withdraw_route
from .rules import set_time_rule, withdraw_time_rule
from .seed import Missing, Seed, seed_catalogue
from .taxonomy import add_kinds
from .templates import keep_template, remove_template
from .triage import put_in_force, withdraw_model
from .urgencies import set_urgency_limits

__all__ = [
    "LONGEST",
    "Missing",
    "Seed",
    "Words",
    "add_kind",
    "add_kinds",
    "confirm_article",
    "content_of",
    "end_route",
    "keep_article",
    "keep_template",
    "put_in_force",
    "remove_template",
    "retire_article",
    "retire_kind",
    "seed_catalogue",
    "set_kind_limits",
    "set_kind_words",
    "set_route",
    "set_time_rule",
    "set_urgency_limits",
    "withdraw_model",
    "withdraw_route",
    "withdraw_time_rule",
]
