"""The lines of a matter are found by the matter; nobody asks by who acted."""

from django.db import migrations, models
from django.db.models import PROTECT

from weimin.county.live import RemoveKeyIndex


class Migration(migrations.Migration):
    dependencies = [("matters", "0013_only_sealed_secrets")]

    operations = [
        migrations.RemoveIndex("event", "event_matter"),
        RemoveKeyIndex(
            "event",
            "official",
            models.ForeignKey(blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="events", to="county.official"),
        ),
        RemoveKeyIndex(
            "event",
            "post",
            models.ForeignKey(blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="events", to="county.post"),
        ),
    ]
