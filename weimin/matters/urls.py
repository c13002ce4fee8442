"""Addresses of the room."""

from django.urls import include, path

app_name = "matters"
urlpatterns = [
    path("", include("weimin.matters.urls_portal")),
    path("open311/v2/", include("weimin.matters.api.open311.urls")),
    path("desk/matters/", include("weimin.matters.urls_desk")),
]
