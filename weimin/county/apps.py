from django.apps import AppConfig
from django.core.checks import Tags, register

from . import checks


class CountyConfig(AppConfig):
    name = "weimin.county"
    label = "county"

    def ready(self) -> None:
        register(checks.county_tables_stay_home, Tags.database)
