"""Addresses of the knowledge base on the desk, hung under /desk/knowledge/ by urls.py."""

from django.urls import path

from .pages import desk

urlpatterns = [
    path("", desk.articles, name="desk_articles"),
    path("new/", desk.new, name="desk_new_article"),
    path("<str:code>/", desk.article, name="desk_article"),
    path("<str:code>/confirm/", desk.confirm, name="desk_confirm_article"),
    path("<str:code>/retire/", desk.retire, name="desk_retire_article"),
]
