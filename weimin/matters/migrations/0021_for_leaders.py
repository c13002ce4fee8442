"""What a leader reads every day is found without reading what has long been closed."""

from django.db import migrations, models

from weimin.county.live import AddIndexLive


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("matters", "0020_words_of_contacts")]

    operations = [
        AddIndexLive(
            model_name="answer",
            index=models.Index(condition=models.Q(("promise_broken_at__isnull", False), ("promise_kept_at__isnull", True), ("promise_replaced_at__isnull", True)), fields=["promise_due_on", "id"], name="answer_promise_broken"),
        ),
        AddIndexLive(
            model_name="matter",
            index=models.Index(condition=models.Q(("clock_due_at__isnull", False)), fields=["state", "lead", "clock_due_at", "clock_started_at"], name="matter_standing"),
        ),
    ]
