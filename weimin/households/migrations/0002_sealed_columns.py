"""Columns wide enough for sealed values, and the blind indexes. What stands in them is sealed by the next migration."""

from django.db import migrations, models

from weimin.county.sealed import BlindIndex, SealedField
from weimin.county.sealed.ring import new_mark
from weimin.households.searching import phone_word, search_words


class Migration(migrations.Migration):
    dependencies = [("households", "0001_initial"), ("county", "0002_one_time_password")]

    operations = [
        migrations.RemoveIndex("resident", "resident_phone"),
        migrations.AddField(
            "resident", "mark",
            models.CharField(default="", editable=False, max_length=16, verbose_name="加封标记"),
        ),
        migrations.AlterField(
            "resident", "mark",
            models.CharField(default=new_mark, editable=False, max_length=16, verbose_name="加封标记"),
        ),
        migrations.AlterField("resident", "name", SealedField(blank=True, default="", row="mark", verbose_name="姓名")),
        migrations.AlterField("resident", "phone", SealedField(blank=True, default="", row="mark", verbose_name="电话")),
        migrations.AlterField("resident", "email", SealedField(blank=True, default="", row="mark", verbose_name="电子邮箱")),
        migrations.AlterField("resident", "address", SealedField(blank=True, default="", row="mark", verbose_name="联系地址")),
        migrations.AddField("resident", "phone_index", BlindIndex(words=phone_word, verbose_name="电话的盲索引")),
        migrations.AddField(
            "resident", "search_index",
            BlindIndex(words=search_words, many=True, verbose_name="姓名和电话的盲索引"),
        ),
    ]  # fmt: skip
