from django.apps import AppConfig


class CountyConfig(AppConfig):
    name = "weimin.county"
    label = "county"
