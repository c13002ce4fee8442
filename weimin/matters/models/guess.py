"""What a trained model takes a matter for, until a clerk has said."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import TriageModel

from .matter import Matter


class Guess(models.Model):
    """The likeliest kinds of one matter, and the words that spoke for the first. A help, never an act."""

    matter = models.OneToOneField(Matter, models.PROTECT, related_name="guess")
    model = models.ForeignKey(TriageModel, models.PROTECT, related_name="guesses")
    at = models.DateTimeField(_("时间"))
    # up to three pairs, the likeliest first: code of the kind, and its share from 0 to 1
    kinds = models.JSONField(_("类别"))
    words = models.JSONField(_("依据的词"))
    # sure enough by the threshold of the model to stand without a person
    sure = models.BooleanField(_("有把握"))

    class Privacy:
        open = {"id", "matter", "model", "at", "kinds", "sure"}
        personal = {"words"}
        secret: set[str] = set()
