"""From here on the table takes sealed values only."""

from django.db import migrations, models
from django.db.models import Q

CIPHER = "A256GCM"


class Migration(migrations.Migration):
    dependencies = [("notices", "0005_seal_notices")]

    operations = [
        migrations.AddConstraint(
            "notice",
            models.CheckConstraint(
                name="notice_is_sealed",
                condition=Q(address__is_sealed=CIPHER, subject__is_sealed=CIPHER, body__is_sealed=CIPHER),
            ),
        ),
    ]
