from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "weimin.households"
    label = "households"
