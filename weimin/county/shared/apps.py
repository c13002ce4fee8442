from django.apps import AppConfig


class SharedConfig(AppConfig):
    name = "weimin.county.shared"
    label = "shared"
