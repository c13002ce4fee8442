"""Addresses of the settings of the catalogue, hung under /desk/settings/ by urls_desk.py."""

from django.urls import path

from .pages.settings import index, kinds, routes, rules, templates, urgencies

urlpatterns = [
    path("", index.index, name="settings"),
    path("kinds/", kinds.kinds, name="settings_kinds"),
    path("kinds/new/", kinds.new, name="settings_kind_new"),
    path("kinds/<str:code>/", kinds.kind, name="settings_kind"),
    path("kinds/<str:code>/limits/", kinds.limits, name="settings_kind_limits"),
    path("kinds/<str:code>/retire/", kinds.retire, name="settings_kind_retire"),
    path("urgencies/", urgencies.urgencies, name="settings_urgencies"),
    path("urgencies/<str:urgency>/", urgencies.urgency, name="settings_urgency"),
    path("rules/", rules.rules, name="settings_rules"),
    path("rules/<str:rule>/", rules.rule, name="settings_rule"),
    path("routes/", routes.routes, name="settings_routes"),
    path("routes/new/", routes.new, name="settings_route_new"),
    path("routes/<str:code>/<str:place>/", routes.route, name="settings_route"),
    path("routes/<str:code>/<str:place>/end/", routes.end, name="settings_route_end"),
    path("templates/", templates.templates, name="settings_templates"),
    path("templates/new/", templates.new, name="settings_template_new"),
    path("templates/<int:template>/", templates.template, name="settings_template"),
    path("templates/<int:template>/remove/", templates.remove, name="settings_template_remove"),
]
