"""The mark of a message is asked for whole, never by how it begins."""

from django.db import migrations

from weimin.county.live import RemoveLikeIndexes


class Migration(migrations.Migration):
    dependencies = [("notices", "0006_only_sealed")]

    operations = [RemoveLikeIndexes("notice")]
