"""Columns wide enough for sealed values. What stands in them is sealed by the next migration."""

from django.db import migrations

from weimin.county.sealed import SealedField


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_carriers"), ("households", "0004_only_sealed")]

    operations = [
        migrations.AlterField("notice", "address", SealedField(row="once", verbose_name="地址或号码")),
        migrations.AlterField(
            "notice", "subject", SealedField(blank=True, default="", row="once", verbose_name="标题")
        ),
        migrations.AlterField("notice", "body", SealedField(row="once", verbose_name="内容")),
    ]
