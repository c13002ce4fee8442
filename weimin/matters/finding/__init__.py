"""Matters by words: what is looked for, where the index has it, the first matters of a list that have it."""

from .first import first_of
from .wanted import Wanted, excerpt, number_in, wanted

__all__ = ["Wanted", "excerpt", "first_of", "number_in", "wanted"]
