"""Gates of the catalogue."""

from django.shortcuts import get_object_or_404

from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Post

from .models import Article, Service
from .queries import articles_kept, articles_open, services_open


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
