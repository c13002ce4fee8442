from django.apps import AppConfig
from django.core.checks import Tags, register

from . import checks


class LedgerConfig(AppConfig):
    name = "weimin.ledger"
    label = "ledger"

    def ready(self) -> None:
        register(checks.role_is_bound, Tags.database)
