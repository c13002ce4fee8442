"""Seal the second factors and the sessions of before. All of them or none."""

from typing import Any

from django.db import migrations

from weimin.county.sealed.holders import OfFactors, OfSessions
from weimin.county.sealed.resealing import reseal_rows


def seal_sign_ins(state: Any, editor: Any) -> None:
    for holder in (OfFactors(state.get_model("mfa", "Authenticator")), OfSessions(state.get_model("sessions", "Session"))):
        reseal_rows(holder, lambda count: None)


class Migration(migrations.Migration):
    dependencies = [
        ("county", "0005_only_sealed"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
    ]

    operations = [migrations.RunPython(seal_sign_ins, migrations.RunPython.noop)]
