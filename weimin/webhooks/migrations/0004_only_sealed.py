"""From here on the table takes sealed secrets only."""

from django.db import migrations, models
from django.db.models import Q

CIPHER = "A256GCM"


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0003_seal_secrets")]

    operations = [
        migrations.AddConstraint(
            "endpoint",
            models.CheckConstraint(name="endpoint_is_sealed", condition=Q(secret__is_sealed=CIPHER, old_secret__is_sealed=CIPHER)),
        ),
    ]
