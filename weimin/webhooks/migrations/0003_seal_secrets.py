"""Seal the secrets of before. All of them or none."""

from functools import partial

from django.db import migrations

from weimin.county.sealed.resealing import seal_rows_of


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0002_sealed_columns")]

    operations = [migrations.RunPython(partial(seal_rows_of, "webhooks", "Endpoint"), migrations.RunPython.noop)]
