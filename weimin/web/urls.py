"""Addresses of the front hall."""

from django.urls import include, path

from .api import docs
from .pages import doing, home

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("doing/", doing.doing, name="doing"),
    path("doing/<str:office>/", doing.office, name="office"),
    path("api/v1/docs", docs, name="api_docs"),
    path("desk/", include("weimin.web.urls_desk")),
]
