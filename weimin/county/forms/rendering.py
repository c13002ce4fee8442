"""Lists to choose from, written out here: Django renders each choice by two templates, which for the 180 kinds of a
county took longer than the rest of a page."""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class Renderer(DjangoTemplates):
    """Django's own, but for plain lists."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name == "django/forms/widgets/select.html":
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: dict[str, Any]) -> SafeString:
    groups = [(name, _options(options)) for name, options, _place in widget["optgroups"]]
    inside = format_html_join(
        "", "{}", [(format_html('<optgroup label="{}">{}</optgroup>', *one) if one[0] else one[1],) for one in groups]
    )
    return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), inside)


def _options(options: list[dict[str, Any]]) -> SafeString:
    rows = [(str(one["value"]), flatatt(one["attrs"]), one["label"]) for one in options]
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)
