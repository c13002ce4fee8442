"""Nobody asks for contacts by who made them."""

from django.db import migrations, models
from django.db.models import PROTECT

from weimin.county.live import RemoveKeyIndex


class Migration(migrations.Migration):
    dependencies = [("matters", "0016_answer_indexes")]

    operations = [
        RemoveKeyIndex(
            "contact",
            "by",
            models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="contacts", to="county.official"),
        ),
        RemoveKeyIndex(
            "contact",
            "post",
            models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="contacts", to="county.post"),
        ),
    ]
