"""Addresses of the room."""

from django.urls import path

from .pages import services

app_name = "catalogue"
urlpatterns = [
    path("services/", services.services, name="services"),
    path("services/<str:code>/", services.service, name="service"),
]
