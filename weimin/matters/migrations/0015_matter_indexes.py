"""Keys that longer indexes begin with, or by which nobody asks."""

from django.db import migrations, models
from django.db.models import PROTECT

from weimin.county.live import RemoveKeyIndex, RemoveLikeIndexes


class Migration(migrations.Migration):
    dependencies = [("matters", "0014_event_indexes")]

    operations = [
        RemoveKeyIndex(
            "matter",
            "urgency",
            models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="matters", to="catalogue.urgency"),
        ),
        RemoveKeyIndex(
            "matter",
            "place",
            models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="matters", to="county.place"),
        ),
        RemoveKeyIndex(
            "matter",
            "taken_by",
            models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="matters_taken", to="county.post"),
        ),
        RemoveKeyIndex(
            "matter",
            "owner",
            models.ForeignKey(blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="matters_owned", to="county.post"),
        ),
        RemoveKeyIndex(
            "matter",
            "lead",
            models.ForeignKey(blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="matters_led", to="county.office"),
        ),
        RemoveKeyIndex(
            "matter",
            "merged_into",
            models.ForeignKey(blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="merged", to="matters.matter"),
        ),
        RemoveLikeIndexes("matter"),
    ]
