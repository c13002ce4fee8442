"""Addresses of the room."""

from django.urls import include, path

from .pages import knowledge, services

app_name = "catalogue"
urlpatterns = [
    path("services/", services.services, name="services"),
    path("services/<str:code>/", services.service, name="service"),
    path("knowledge/", knowledge.knowledge, name="knowledge"),
    path("knowledge/<str:code>/", knowledge.article, name="article"),
    path("desk/knowledge/", include("weimin.catalogue.urls_desk")),
]
