"""Gates of the catalogue."""

from django.http import Http404
from django.shortcuts import get_list_or_404, get_object_or_404

from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Place, Post

from .models import AnswerTemplate, Article, Kind, Service, TimeRule, Urgency
from .queries import articles_kept, articles_open, services_open, templates_all, time_rules


def service_for_all(code: str) -> Service:
    """A service in force; a retired one is as if it did not exist."""
    return get_object_or_404(services_open(), code=code)


def article_for_all(code: str) -> Article:
    """An article in force; a retired one is as if it did not exist."""
    return get_object_or_404(articles_open(), code=code)


def article_for_staff(code: str) -> Article:
    """Any article, the retired too: what was told to people stays readable on the desk."""
    return get_object_or_404(articles_kept(), code=code)


def post_that_keeps(actor: Actor, office_id: int) -> Post | None:
    """The post by which this official may write, confirm or retire articles of the office; None if there is none.

    Who keeps the county's rules may for every office; who handles, for their own.
    """
    for post in actor.posts_with(Duty.CONFIGURE):
        return post
    return next((post for post in actor.posts_with(Duty.HANDLE) if post.office_id == office_id), None)


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
