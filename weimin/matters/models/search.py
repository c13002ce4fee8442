"""By which words matters are found: kept apart from the matter, written by a job, read by `finding.py`.

A matter is acknowledged with one small row that says it is still to be read; who searches looks into those texts
themselves. The job reads them, many at a time, into a part of the index, and puts parts together. What the index says
follows from the matters: it can be made anew from them, and nothing else rests on it.
"""

from django.db import models

from .matter import Matter


class Unread(models.Model):
    """A matter whose words are not in the index yet. Written with the matter, deleted by who reads it."""

    # Written at every intake, gone within seconds, and of matters that are never deleted: a key the database checks
    # would cost more than the row.
    matter = models.OneToOneField(Matter, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+")

    class Privacy:
        open: set[str] = set()
        personal = {"matter"}
        secret: set[str] = set()


class IndexPart(models.Model):
    """Some matters, read together."""

    matters = models.PositiveIntegerField()  # how many
    keys = models.BinaryField()  # which, as `language/postings.py` packs numbers

    class Privacy:
        open = {"id", "matters"}
        personal = {"keys"}
        secret: set[str] = set()


class IndexRow(models.Model):
    """Some neighbouring terms of a part, and in which of its matters each of them stands."""

    part = models.ForeignKey(IndexPart, models.CASCADE, related_name="rows", db_index=False)
    first = models.BigIntegerField()  # the least term in it
    held = models.PositiveIntegerField()  # how many keys of matters, over all its terms
    body = models.BinaryField()  # `language/postings.py`

    class Meta:
        constraints = [
            models.UniqueConstraint(name="index_row_once", fields=["part", "first"]),
        ]

    class Privacy:
        open = {"id", "part", "held"}
        personal = {"first", "body"}
        secret: set[str] = set()
