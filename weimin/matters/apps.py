from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "weimin.matters"
    label = "matters"
