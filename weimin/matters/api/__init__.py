"""REST v1 of matters: intake, reading, and every verb of the staff."""

from . import acts
from .reading import catalogue, router

__all__ = ["acts", "catalogue", "router"]
