"""Gates of the catalogue."""

from django.http import Http404
from django.shortcuts import get_list_or_404, get_object_or_404

from weimin.county.models import Place

from .models import AnswerTemplate, Kind, Service, TimeRule, Urgency
from .queries import services_open, templates_all, time_rules


def service_for_all(code: str) -> Service:
    """A service in force; a retired one is as if it did not exist."""
    return get_object_or_404(services_open(), code=code)


def kind_to_keep(code: str) -> Kind:
    """A kind, retired or not, for whoever keeps the rules."""
    return get_object_or_404(Kind.objects.select_related("urgency", "parent"), code=code)


def urgency_to_keep(code: str) -> Urgency:
    return get_object_or_404(Urgency, code=code)


def rule_to_keep(code: str) -> list[TimeRule]:
    """Every dated row of one time rule, the newest first."""
    return get_list_or_404(time_rules(), code=code)


def pair_to_keep(kind_code: str, place_code: str) -> tuple[Kind, Place]:
    """A kind and a place, whether or not a route joins them yet."""
    place = Place.objects.filter(code=place_code, retired_on__isnull=True).defer("outline").first()
    if place is None:
        raise Http404
    return kind_to_keep(kind_code), place


def template_to_keep(pk: int) -> AnswerTemplate:
    return get_object_or_404(templates_all(), pk=pk)
