"""From here on the tables take sealed values only."""

from django.db import migrations, models
from django.db.models import Q

CIPHER = "A256GCM"


class Migration(migrations.Migration):
    dependencies = [("matters", "0012_seal_secrets")]

    operations = [
        migrations.AddConstraint(
            "matter",
            models.CheckConstraint(name="matter_pin_is_sealed", condition=Q(pin_digest__is_sealed=CIPHER)),
        ),
        migrations.AddConstraint(
            "partner",
            models.CheckConstraint(name="partner_is_sealed", condition=Q(api_key__is_sealed=CIPHER)),
        ),
        migrations.AddConstraint(
            "referral",
            models.CheckConstraint(name="referral_is_sealed", condition=Q(words__is_sealed=CIPHER)),
        ),
    ]
