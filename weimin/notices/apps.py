from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "weimin.notices"
    label = "notices"
