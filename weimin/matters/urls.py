"""Addresses of the room."""

from django.urls import include, path

from .api import gateway

app_name = "matters"
urlpatterns = [
    path("", include("weimin.matters.urls_portal")),
    path("open311/v2/", include("weimin.matters.api.open311.urls")),
    path("gateways/<slug:gateway>/words", gateway.words, name="gateway_words"),
    path("desk/matters/", include("weimin.matters.urls_desk")),
]
