"""Every address of the house. Each room opens its own pages; this file only says where they hang."""

from django.urls import include, path

from weimin.web.pages import health

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("accounts/", include("allauth.urls")),
]
