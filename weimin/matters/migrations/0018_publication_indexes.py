"""Nobody asks for publications and call-backs by who made them."""

from django.db import migrations, models
from django.db.models import PROTECT

from weimin.county.live import RemoveKeyIndex, RemoveLikeIndexes


class Migration(migrations.Migration):
    dependencies = [("matters", "0017_contact_indexes")]

    operations = [
        RemoveKeyIndex(
            "publication",
            "published_by",
            models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="publications", to="county.official"),
        ),
        RemoveLikeIndexes("publication"),
        RemoveKeyIndex(
            "callback",
            "by",
            models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="callbacks", to="county.official"),
        ),
        RemoveKeyIndex(
            "callback",
            "post",
            models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="callbacks", to="county.post"),
        ),
        RemoveLikeIndexes("incoming"),
    ]
