"""Since when the clock runs that has run longest in each state: one look at an index."""

from django.db import migrations, models

from weimin.county.live import AddIndexLive


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("matters", "0021_for_leaders")]

    operations = [
        AddIndexLive(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("clock_due_at__isnull", False)),
                fields=["state", "clock_started_at"],
                name="matter_waiting",
            ),
        ),
    ]
