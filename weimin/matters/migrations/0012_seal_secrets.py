"""Seal the digests of PINs, partners' keys and what was sent to them. All of them or none."""

from typing import Any

from django.db import migrations

from weimin.county.sealed.resealing import seal_rows_of


def seal_secrets(state: Any, editor: Any) -> None:
    for name in ("Matter", "Partner", "Referral"):
        seal_rows_of("matters", name, state, editor)


class Migration(migrations.Migration):
    dependencies = [("matters", "0011_sealed_secrets")]

    operations = [migrations.RunPython(seal_secrets, migrations.RunPython.noop)]
