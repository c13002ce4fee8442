from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "weimin.catalogue"
    label = "catalogue"
