"""Columns wide enough for sealed values. What stands in them is sealed by the next migration."""

from django.db import migrations, models

from weimin.county.sealed import SealedField
from weimin.county.sealed.ring import new_mark


class Migration(migrations.Migration):
    dependencies = [("matters", "0010_only_sealed")]

    operations = [
        migrations.AlterField("matter", "pin_digest", SealedField(row="number", verbose_name="查询码摘要")),
        *(
            step
            for table in ("partner", "referral")
            for step in (
                migrations.AddField(
                    table, "mark",
                    models.CharField(default="", editable=False, max_length=16, verbose_name="加封标记"),
                ),
                migrations.AlterField(
                    table, "mark",
                    models.CharField(default=new_mark, editable=False, max_length=16, verbose_name="加封标记"),
                ),
            )
        ),
        migrations.AlterField(
            "partner", "api_key", SealedField(blank=True, default="", row="mark", verbose_name="接口密钥")
        ),
        migrations.AlterField(
            "referral", "words", SealedField(blank=True, default="", row="mark", verbose_name="转送的说明")
        ),
    ]  # fmt: skip
