"""Open matters are counted by the hour in which their clock runs out, so that what is late is read and not searched.

Only open matters are read, by their index, and only counts are added. What the old code does meanwhile it does not
count: when it is gone, `bin/weimin count_anew --mend`.
"""

from collections import Counter

from django.db import migrations


def count(apps, schema_editor):
    matter, tally = (apps.get_model("matters", name) for name in ("Matter", "Tally"))
    running = matter.objects.filter(clock_due_at__isnull=False)
    counted = Counter(
        f"due:{due:%y%m%d%H}:{lead or 0}:{state}:{clock}"  # moments come in UTC
        for due, lead, state, clock in running.values_list("clock_due_at", "lead_id", "state", "clock").iterator()
    )
    tally.objects.bulk_create([tally(key=key, slot=0, n=n) for key, n in counted.items()], batch_size=500)


def count_no_more(apps, schema_editor):
    apps.get_model("matters", "Tally").objects.filter(key__startswith="due:").delete()


class Migration(migrations.Migration):
    dependencies = [("matters", "0022_matters_waiting")]

    operations = [
        migrations.RemoveIndex(model_name="matter", name="matter_standing"),
        migrations.RunPython(count, count_no_more),
    ]
