"""A column wide enough for sealed values. What stands in it is sealed by the next migration."""

from django.db import migrations

from weimin.county.sealed import SealedField


class Migration(migrations.Migration):
    dependencies = [("matters", "0007_letters_handled"), ("notices", "0006_only_sealed")]

    operations = [
        migrations.AlterField(
            "incoming", "sender", SealedField(blank=True, default="", row="message_id", verbose_name="来信人")
        ),
    ]
