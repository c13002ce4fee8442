"""Lines for the operator: what happened, to which matter, at which post. Never a person, never a word of theirs."""

from .lines import Lines
from .middleware import LogMiddleware

__all__ = ["Lines", "LogMiddleware"]
