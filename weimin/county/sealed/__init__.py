"""Personal fields, sealed at rest: a ring of keys for each county, fields that seal themselves, blind indexes.

What is sealed and what is not, and why: docs/decisions/0026-sealed-at-rest.md.
"""

from .fields import BlindIndex, SealedField
from .files import ring
from .ring import KeyTrouble

__all__ = ["BlindIndex", "KeyTrouble", "SealedField", "ring"]
