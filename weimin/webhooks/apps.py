from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "weimin.webhooks"
    label = "webhooks"
