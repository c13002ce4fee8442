"""Addresses of the desk's own pages, hung under /desk/ by urls.py."""

from django.urls import include, path

from .pages import desk, leader, operator

urlpatterns = [
    path("", desk.today, name="desk"),
    path("leader/", leader.leader, name="leader"),
    path("operator/", operator.operator, name="operator"),
    path("settings/", include("weimin.web.urls_settings")),
    path("settings/", include("weimin.web.urls_settings_people")),
]
