"""Figures for Prometheus: how the county's work and the house itself stand. Counts and ages, never a person."""

from .county import families_of_county
from .house import families_of_house
from .text import Family, page

__all__ = ["Family", "families_of_county", "families_of_house", "page"]
