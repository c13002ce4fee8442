"""Addresses of the front hall."""

from django.urls import include, path

from .pages import doing, home

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("doing/", doing.doing, name="doing"),
    path("desk/", include("weimin.web.urls_desk")),
]
