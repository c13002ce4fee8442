"""Addresses of Open311 GeoReport v2. The format is the ending of the address."""

from django.urls import path, re_path

from . import catalogue, requests, updates, wire

FMT = r"\.(?P<fmt>xml|json)$"

urlpatterns = [
    path("", catalogue.discovery, {"fmt": "json"}, name="open311_root"),
    re_path(r"^discovery" + FMT, catalogue.discovery, name="open311_discovery"),
    re_path(r"^services" + FMT, catalogue.services, name="open311_services"),
    re_path(r"^services/(?P<code>[^/]{1,60})" + FMT, catalogue.definition, name="open311_definition"),
    re_path(r"^requests" + FMT, requests.requests, name="open311_requests"),
    re_path(r"^requests/(?P<number>[^/]{1,60})" + FMT, requests.one, name="open311_request"),
    re_path(r"^tokens/(?P<token>[^/]{1,200})" + FMT, requests.token, name="open311_token"),
    re_path(r"^servicerequestupdates" + FMT, updates.updates, name="open311_updates"),
    re_path(r"^.*?(?:\.(?P<fmt>xml|json))?$", wire.nothing_here, name="open311_nothing"),
]
