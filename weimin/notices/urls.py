"""Addresses of the room: what gateways call."""

from django.urls import path

from .pages import reports

app_name = "notices"
urlpatterns = [
    path("gateways/<slug:gateway>/reports", reports.report, name="gateway_report"),
]
