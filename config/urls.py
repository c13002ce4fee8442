"""Every address of the house. Each room opens its own pages; this file only says where they hang."""

from django.urls import include, path

from weimin.county.pages.in_person import in_person
from weimin.web.api import urls as api
from weimin.web.pages import health, metrics

urlpatterns = [
    path("api/v1/", api),  # first: addresses are tried in this order
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("accounts/password/reset/", in_person),
    path("accounts/email/", in_person),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("weimin.notices.urls")),
    path("", include("weimin.catalogue.urls")),
    path("", include("weimin.matters.urls")),
    path("", include("weimin.web.urls")),
]

handler500 = "weimin.web.pages.errors.our_fault"
