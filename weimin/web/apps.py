from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "weimin.web"
    label = "web"
