"""From here on the table takes sealed answers only, and nothing of them stands in it in clear."""

from django.db import migrations, models
from django.db.models import Q

from weimin.county.sealed import SealedField

CIPHER = "A256GCM"


class Migration(migrations.Migration):
    dependencies = [("county", "0004_seal_answers")]

    operations = [
        migrations.RemoveField("answeredrequest", "body"),
        migrations.RenameField("answeredrequest", "sealed_body", "body"),
        migrations.AlterField(
            "answeredrequest", "body", SealedField(blank=True, default="", row="key", verbose_name="应答内容")
        ),
        migrations.AddConstraint(
            "answeredrequest",
            models.CheckConstraint(name="answered_request_is_sealed", condition=Q(body__is_sealed=CIPHER)),
        ),
    ]
