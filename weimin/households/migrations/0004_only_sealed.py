"""From here on the table takes sealed values only, and the sounds of a name no longer stand in it in clear."""

from django.db import migrations, models
from django.db.models import Q

CIPHER = "A256GCM"


class Migration(migrations.Migration):
    dependencies = [("households", "0003_seal_residents")]

    operations = [
        migrations.RemoveField("resident", "pinyin"),
        migrations.AddIndex(
            "resident",
            models.Index(fields=["phone_index"], name="resident_phone_blind", condition=~Q(phone_index="")),
        ),
        migrations.AddConstraint(
            "resident",
            models.CheckConstraint(
                name="resident_is_sealed",
                condition=Q(
                    name__is_sealed=CIPHER, phone__is_sealed=CIPHER, email__is_sealed=CIPHER, address__is_sealed=CIPHER
                ),
            ),
        ),
    ]
