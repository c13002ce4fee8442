"""Columns wide enough for sealed values. What stands in them is sealed by the next migration."""

from django.db import migrations, models

from weimin.county.sealed import SealedField
from weimin.county.sealed.ring import new_mark


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.AddField(
            "endpoint", "mark",
            models.CharField(default="", editable=False, max_length=16, verbose_name="加封标记"),
        ),
        migrations.AlterField(
            "endpoint", "mark",
            models.CharField(default=new_mark, editable=False, max_length=16, verbose_name="加封标记"),
        ),
        migrations.AlterField("endpoint", "secret", SealedField(row="mark", verbose_name="签名密钥")),
        migrations.AlterField(
            "endpoint", "old_secret", SealedField(blank=True, default="", row="mark", verbose_name="旧签名密钥")
        ),
    ]  # fmt: skip
