"""Addresses of the desk's own pages, hung under /desk/ by urls.py."""

from django.urls import include, path

from .pages import desk, leader

urlpatterns = [
    path("", desk.today, name="desk"),
    path("leader/", leader.leader, name="leader"),
    path("settings/", include("weimin.web.urls_settings")),
    path("settings/", include("weimin.web.urls_settings_people")),
]
