"""A column for the kept answers, sealed. What stands in the old one is sealed by the next migration."""

from django.db import migrations

from weimin.county.sealed import SealedField


class Migration(migrations.Migration):
    dependencies = [("county", "0002_one_time_password")]

    operations = [
        migrations.AddField(
            "answeredrequest", "sealed_body",
            SealedField(blank=True, db_default="", default="", row="key", verbose_name="应答内容"),
        ),
    ]  # fmt: skip
