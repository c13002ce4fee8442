"""What may be done to the catalogue."""

from .taxonomy import add_kinds

__all__ = ["add_kinds"]
