"""From here on the table takes sealed values only."""

from django.db import migrations, models
from django.db.models import Q

CIPHER = "A256GCM"


class Migration(migrations.Migration):
    dependencies = [("matters", "0009_seal_letters")]

    operations = [
        migrations.AddConstraint(
            "incoming",
            models.CheckConstraint(name="incoming_is_sealed", condition=Q(sender__is_sealed=CIPHER)),
        ),
    ]
