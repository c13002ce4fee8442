"""A line that gives an answer names its row instead of repeating it."""

from django.db import migrations, models
from django.db.models import PROTECT


class Migration(migrations.Migration):
    dependencies = [("matters", "0018_publication_indexes")]

    operations = [
        migrations.AddField(
            "event",
            "answer",
            models.ForeignKey(
                blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="lines", to="matters.answer"
            ),
        ),
    ]
