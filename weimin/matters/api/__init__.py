"""REST v1 of matters: intake, reading, every verb of the staff, the board. `weimin.web.api` opens it."""

from . import acts, files
from .board import router as board
from .posts import router as posts
from .reading import catalogue, router

__all__ = ["acts", "board", "catalogue", "files", "posts", "router"]
