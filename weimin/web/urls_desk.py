"""Addresses of the desk's own pages, hung under /desk/ by urls.py."""

from django.urls import path

from .pages import desk, leader

urlpatterns = [path("", desk.today, name="desk"), path("leader/", leader.leader, name="leader")]
