from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "weimin.ledger"
    label = "ledger"
