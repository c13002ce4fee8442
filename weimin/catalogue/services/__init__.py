"""What may be done to the rules: each change is dated, has its source, and leaves what was before readable."""

from .kinds import add_kind, retire_kind, set_kind_limits
from .routes import set_route
from .rules import set_time_rule
from .seed import Missing, Seed, seed_catalogue
from .taxonomy import add_kinds
from .templates import keep_template, remove_template

__all__ = [
    "Missing",
    "Seed",
    "add_kind",
    "add_kinds",
    "keep_template",
    "remove_template",
    "retire_kind",
    "seed_catalogue",
    "set_kind_limits",
    "set_route",
    "set_time_rule",
]
