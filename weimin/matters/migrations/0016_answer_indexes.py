"""Nobody asks for answers by who gave them."""

from django.db import migrations, models
from django.db.models import PROTECT

from weimin.county.live import RemoveKeyIndex


class Migration(migrations.Migration):
    dependencies = [("matters", "0015_matter_indexes")]

    operations = [
        RemoveKeyIndex(
            "answer",
            "by",
            models.ForeignKey(blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="answers", to="county.official"),
        ),
        RemoveKeyIndex(
            "answer",
            "post",
            models.ForeignKey(blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="answers", to="county.post"),
        ),
    ]
